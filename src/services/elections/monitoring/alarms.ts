// Alarms of an election: what keeps voters from voting, or ballots from the box. Each says what it means for voters first
// and what to do last. What moves is no alarm: two numbers are compared only where no moment between them can differ by
// itself, and what heals by itself is told only when it lasts.
import { ballotsToMix } from '../../../domain/mixing.ts';
import type { Alarm } from '../../../protocol/control/live-api.ts';
import type { Missing } from '../../../store/ledger.ts';
import type { SustainedMs } from './sustained.ts';
import type { Observation } from './observation.ts';

/** How long the mixer may leave what it could move, in milliseconds: it looks every few seconds. */
const outboxMsMax = 60_000;
/** How long a file may be neither queued nor whole, and a publication be gone, in milliseconds: both mend themselves. */
const batchMsMax = 4_000;
const publicationMsMax = 8_000;
/** Files that one alarm names. */
const filesNamedMax = 3;

export type AlarmHistory = {
  readonly sustainedMs: SustainedMs;
  /** The most ballots that any election has seen in the box of an election, and now sees. */
  readonly boxBefore: number;
};

export function alarmsOf(observation: Observation, history: AlarmHistory): Alarm[] {
  const alarms = [
    ...intakeAlarms(observation),
    ...reconciliationAlarms(observation, history),
    ...outboxAlarms(observation, history),
    ...(voteIsOn(observation) ? verificationAlarms(observation) : []),
    ...redisAlarms(observation, history),
    ...batchAlarms(observation, history),
  ];
  return alarms.sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}

type AlarmList = readonly Alarm[];

const voteIsOn = ({ election }: Observation): boolean =>
  election.definition.channels.includes('online') &&
  (election.row.phase === 'open' || election.row.phase === 'scheduled');
/** What keeps people from voting is an alarm while they can vote, and a warning before. */
const whileOpen = ({ election }: Observation): Alarm['severity'] =>
  election.row.phase === 'open' ? 'alarm' : 'warning';

function intakeAlarms(observation: Observation): AlarmList {
  const { election, sealing } = observation;
  const { state } = election.row;
  if (election.exact === null) {
    // What is counted is counted.
    if (state === 'counted' || state === 'published') return [];
    return [
      {
        code: 'ballots-away',
        severity: whileOpen(observation),
        title: voteIsOn(observation)
          ? 'Voters cannot cast: the ballot server does not answer.'
          : 'Closing and counting wait: the ballot server does not answer.',
        detail: '`elections` gets no answer from `ballots`. Ballots that have a receipt are safe.',
        next: 'Start `ballots`, or mend its database; its log and the System page tell which.',
      },
    ];
  }
  if (sealing !== false || !voteIsOn(observation)) return [];
  return [
    {
      code: 'sealing-unavailable',
      severity: whileOpen(observation),
      title: 'Voters cannot cast: there is no key to seal ballots to.',
      detail: '`ballots` has no key of the mixer that is young enough.',
      next: 'Start `mixer`: it makes a key when it starts, and one every hour.',
    },
  ];
}

// The box was counted after the intake, so whatever has left the outbox was in it: what is missing then is missing.
function reconciliationAlarms({ election }: Observation, { boxBefore }: AlarmHistory): AlarmList {
  const { exact } = election;
  if (exact === null || exact.box === null) return [];
  const missing = exact.participation - exact.outbox - exact.box;
  if (missing > 0) {
    return [
      {
        code: 'ballots-missing',
        severity: 'alarm',
        title: `${ballots(missing)} that voters cast ${missing === 1 ? 'is' : 'are'} missing.`,
        detail: 'Participation is greater than outbox and box together, and no ballot on its way explains it.',
        next: 'Do not count. Keep databases and logs as they are, and have whoever runs them compare intake and box.',
      },
    ];
  }
  // What an earlier election saw in the box had taken part by now; what moved since cannot make it more.
  const excess = boxBefore - exact.participation;
  if (excess <= 0) return [];
  return [
    {
      code: 'ballots-in-excess',
      severity: 'alarm',
      title: `${ballots(excess)} in the box ${excess === 1 ? 'has' : 'have'} no voter.`,
      detail: 'The box holds more ballots cast online than people have taken part.',
      next: 'Do not count. Keep databases and logs as they are, and find out who can write to the database box.',
    },
  ];
}
const ballots = (count: number): string => (count === 1 ? '1 ballot' : `${count} ballots`);

function outboxAlarms({ election }: Observation, { sustainedMs }: AlarmHistory): AlarmList {
  const { exact, definition } = election;
  if (election.boxUnavailable) {
    return [
      {
        code: 'box-away',
        severity: 'warning',
        title: 'Ballots are recorded and wait: the box does not answer.',
        detail: '`elections` cannot count in the database box, and may not be alone in that.',
        next: 'Start the database box, or mend ELECTIONS_BOX_DATABASE_URL.',
      },
    ];
  }
  if (exact === null) return [];
  const waiting = ballotsToMix(exact.outbox, definition.minBatch, exact.intake === 'closed');
  const moved = exact.participation - exact.outbox;
  if (waiting === 0 || sustainedMs(`${definition.id}/outbox/${moved}`) < outboxMsMax) return [];
  return [
    {
      code: 'outbox-not-draining',
      severity: 'warning',
      title: 'Ballots are recorded and do not reach the box.',
      detail: 'Enough of them wait in the outbox to be moved, and none was moved for a minute.',
      next: 'Start `mixer`, or read its log. Counting waits for it.',
    },
  ];
}

function verificationAlarms(observation: Observation): AlarmList {
  const { edge, election } = observation;
  if (edge === null) return [];
  const { methods } = election.definition.verification;
  const { reporting, textIn, code, providers } = edge.providers;
  if (!reporting) {
    return [
      {
        code: 'sms-silent',
        severity: whileOpen(observation),
        title: 'Voters may be unable to confirm their phone: `sms` is silent.',
        detail: 'No process of `sms` has said for half a minute how it is.',
        next: 'Start `sms`, or read its log.',
      },
    ];
  }
  const works = { 'text-in': textIn, code };
  const anyWorks = methods.some((method) => works[method]);
  const severity = anyWorks ? 'warning' : whileOpen(observation);
  const instead = anyWorks ? 'Voters can confirm the other way meanwhile. ' : '';
  const alarms: Alarm[] = [];
  if (methods.includes('text-in') && !textIn) {
    alarms.push({
      code: 'text-in-unavailable',
      severity,
      title: 'Voters cannot confirm by text: no number takes their texts.',
      detail: '`sms` has no provider with a number, or cannot remember texts because the edge Redis is away from it.',
      next: `${instead}Give a provider of SMS_PROVIDERS a number, and see that \`sms\` reaches the edge Redis.`,
    });
  }
  if (methods.includes('code') && !code) {
    const sending = providers.some(({ sends, state }) => sends && state === 'working');
    alarms.push({
      code: 'codes-unavailable',
      severity,
      title: 'Voters cannot be sent a code.',
      detail: sending ? 'A cap on codes, or on money, is used up.' : 'No provider sends texts at the moment.',
      next:
        instead +
        (sending
          ? 'Raise SMS_CODES_PER_HOUR, SMS_CODES_PER_DAY or SMS_SPEND_PER_DAY of `sms` if this is no attack.'
          : 'See how the providers are, or add another to SMS_PROVIDERS of `sms`.'),
    });
  }
  return [...alarms, ...restingAlarms(observation)];
}

function restingAlarms({ edge, election }: Observation): AlarmList {
  if (edge === null || !election.definition.verification.methods.includes('code')) return [];
  const { code, providers } = edge.providers;
  return providers
    .filter(({ sends, state }) => sends && state === 'resting')
    .map(({ name }) => ({
      code: 'provider-resting',
      severity: 'warning',
      title: code ? `Codes reach voters without ${name}, which fails.` : `${name} fails to send codes.`,
      detail: 'More than half of its texts failed. It is left alone, and tried again every few seconds.',
      next: `Ask ${name} what is wrong, or look at its status page.`,
    }));
}

function redisAlarms(observation: Observation, { sustainedMs }: AlarmHistory): AlarmList {
  const { edge, control, election } = observation;
  const alarms: Alarm[] = [];
  const on = voteIsOn(observation);
  if (edge === null) {
    alarms.push({
      code: 'edge-redis-away',
      severity: on ? whileOpen(observation) : 'warning',
      title: on
        ? 'Voters cannot confirm their phone: the edge Redis does not answer.'
        : 'Results reach the public late: the edge Redis does not answer.',
      detail: '`elections` cannot read or publish there. Those whose phone is confirmed can still cast.',
      next: 'Start the edge Redis, or mend EDGE_REDIS_URL. What was there comes back by itself.',
    });
  }
  if (control === null) {
    alarms.push({
      code: 'control-redis-away',
      severity: 'warning',
      title: 'Officials cannot send files: the control Redis does not answer.',
      detail: 'Files that were accepted may wait there. Voting online goes on.',
      next: 'Start the control Redis, or mend CONTROL_REDIS_URL.',
    });
  }
  const missing = [
    ...(edge?.published === false ? ['edge'] : []),
    ...(control?.published === false ? ['control'] : []),
  ];
  if (missing.length > 0 && sustainedMs(`${election.definition.id}/published/${missing.join()}`) >= publicationMsMax) {
    alarms.push({
      code: 'publication-missing',
      severity: missing.includes('edge') && on ? whileOpen(observation) : 'warning',
      title: missing.includes('edge') ? 'Voters may not find this election.' : 'Officials may not find this election.',
      detail: `It is announced, and its public document is missing in the ${missing.join(' and the ')} Redis.`,
      next: 'It is put there again every few seconds: read the log of `elections` for why it was not.',
    });
  }
  return alarms;
}

function batchAlarms({ incomplete, control, election }: Observation, { sustainedMs }: AlarmHistory): AlarmList {
  if (incomplete === null || control === null) return [];
  const queued = new Set(control.queued.map(({ batchId }) => batchId));
  const overdue = incomplete.filter(
    ({ batchId }) =>
      !queued.has(batchId ?? '') && sustainedMs(`${election.definition.id}/batch/${batchId}`) >= batchMsMax,
  );
  if (overdue.length === 0) return [];
  const files = overdue.slice(0, filesNamedMax).map(({ batchId, present, expected }: Missing) => {
    return `${batchId ?? ''}: ${present} of ${expected} rows`;
  });
  const more = overdue.length > filesNamedMax ? ', and more' : '';
  return [
    {
      code: 'batch-incomplete',
      severity: 'warning',
      title: `Paper ballots are missing of ${overdue.length === 1 ? '1 file' : `${overdue.length} files`}.`,
      detail: `Arrived of ${files.join('; of ')}${more}; nothing of the rest is on its way.`,
      next: 'Have its official send the same file again: nothing counts twice. Or set it aside, if it cannot be had.',
    },
  ];
}
