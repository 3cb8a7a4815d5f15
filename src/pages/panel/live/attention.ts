// What needs attention: alarms first, then people and files that wait, then the next actions. Pure.
import type { User } from '../../../protocol/control/access-api.ts';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import type { Live } from '../../../protocol/control/live-api.ts';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import { summaryOf } from '../system/summary.ts';
import { numberText, titleInEnglish } from '../words.ts';

export type Attention = {
  readonly key: string;
  readonly tone: 'bad' | 'warn' | 'calm';
  readonly title: string;
  readonly detail: string;
  /** The next action: address and words. */
  readonly act: readonly [string, string];
};

/** Characters of a batch ID, as in the lists. */
const idCharacters = 8;
/** Most items of one kind that are named; more are counted. */
const namedMax = 5;

export type AttentionSources = {
  readonly running: readonly ElectionSummary[];
  /** In the order of `running`; undefined where the reading is missing. */
  readonly lives: readonly (Live | undefined)[];
  readonly ended: readonly ElectionSummary[];
  readonly waiting: { readonly users: readonly User[]; readonly more: boolean };
  readonly batches: readonly Batch[];
  readonly system: SystemAnswer | undefined;
};

export function attentionOf(sources: AttentionSources): readonly Attention[] {
  return [
    ...sources.running.flatMap((election, index) => alarmsOf(election, sources.lives[index])),
    ...systemFaults(sources.system),
    ...incompleteBatches(sources.batches),
    ...waitingPeople(sources.waiting),
    ...nextActions(sources.ended),
  ];
}

function alarmsOf({ id, title }: ElectionSummary, live: Live | undefined): Attention[] {
  return (live?.alarms ?? []).map((alarm) => ({
    key: `${id} ${alarm.code} ${alarm.detail}`,
    tone: alarm.severity === 'alarm' ? 'bad' : 'warn',
    title: `${titleInEnglish(title)}: ${alarm.title}`,
    detail: `${alarm.detail} ${alarm.next}`,
    act: [`/elections/${id}/live`, 'Open the live page'],
  }));
}

/** The summary of the system page, in one item. */
function systemFaults(system: SystemAnswer | undefined): Attention[] {
  if (!system) return [];
  const { tone, text, problems, silent } = summaryOf(system);
  if (tone === 'ok') return [];
  const problemNames = [
    ...silent.map((service) => `${service}: no report`),
    ...problems.map(({ services, check }) => `${services.join(', ')}: ${check}`),
  ];
  const detail = `${problemNames.slice(0, namedMax).join('; ')}. The system page says what to do.`;
  return [{ key: 'system', tone, title: `System: ${text}`, detail, act: ['/system', 'Open the system page'] }];
}

function incompleteBatches(batches: readonly Batch[]): Attention[] {
  const incomplete = batches.filter(({ state }) => state === 'incomplete');
  if (incomplete.length > namedMax) {
    return [
      {
        ...({ key: 'incomplete', tone: 'warn', act: ['/batches', 'Open batches'] } as const),
        title: `${numberText(incomplete.length)} batches are incomplete`,
        detail: 'Some rows did not arrive. Send the same files again. No ballot counts twice.',
      },
    ];
  }
  return incomplete.map(({ id, rows, advice }) => ({
    ...({ key: `batch ${id}`, tone: 'warn', title: `Batch ${id.slice(0, idCharacters)} is incomplete` } as const),
    detail: `${numberText(rows.waiting)} of ${numberText(rows.received)} rows are missing. ${advice ?? ''}`.trim(),
    act: [`/batches/${encodeURIComponent(id)}`, 'Open the batch'],
  }));
}

function waitingPeople({ users, more }: AttentionSources['waiting']): Attention[] {
  if (users.length === 0) return [];
  const many = users.length > 1 || more;
  return [
    {
      ...({ key: 'waiting', tone: 'warn', act: ['/people?state=waiting', 'Review accounts'] } as const),
      title: `${numberText(users.length)}${more ? ' or more' : ''} ${many ? 'accounts need' : 'account needs'} approval`,
      detail: 'These people cannot use the panel until an administrator approves them.',
    },
  ];
}

function nextActions(ended: readonly ElectionSummary[]): Attention[] {
  return ended.flatMap(({ id, title, state }): Attention[] => {
    const results = `/elections/${id}/results`;
    if (state === 'closed') {
      const detail = 'Voting has closed. Count the ballots to get the result.';
      return [
        { key: id, tone: 'calm', title: `${titleInEnglish(title)}: ready to count`, detail, act: [results, 'Count'] },
      ];
    }
    if (state !== 'counted') return [];
    const detail = 'The results are provisional. Only administrators and auditors can see them.';
    return [
      {
        key: id,
        tone: 'calm',
        title: `${titleInEnglish(title)}: ready to publish`,
        detail,
        act: [results, 'Review and publish'],
      },
    ];
  });
}
