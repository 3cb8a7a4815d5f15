// Alarms of an election: conditions that keep voters from voting or ballots from the box. Each alarm has the effect on
// voters first and the next step last. Counts are compared only if they cannot differ by the time of reading.
// Conditions that usually recover are reported only when they last.
import { ballotsToMix } from '../../../domain/mixing.ts';
import type { Alarm } from '../../../protocol/control/live-api.ts';
import type { Missing } from '../../../store/ledger.ts';
import { capacityNext } from './capacity.ts';
import type { SustainedMs } from './sustained.ts';
import type { Observation } from './observation.ts';

/** Longest time in which ready ballots may stay in the outbox, in milliseconds. The mixer polls every few seconds. */
const outboxMsMax = 60_000;
/** Longest time for an incomplete file that is not queued, and for a missing publication, in milliseconds. */
const batchMsMax = 4_000;
const publicationMsMax = 8_000;
/** Most clocks in one alarm. */
const clocksNamedMax = 3;
/** Most files in one alarm. */
const filesNamedMax = 3;

export type AlarmHistory = {
  readonly sustainedMs: SustainedMs;
  /** The most ballots that any earlier poll has counted in the election's box. */
  readonly boxBefore: number;
};

export function alarmsOf(observation: Observation, history: AlarmHistory): Alarm[] {
  const alarms = [
    ...lossAlarms(observation),
    ...intakeAlarms(observation),
    ...reconciliationAlarms(observation, history),
    ...outboxAlarms(observation, history),
    ...(voteIsOn(observation) ? verificationAlarms(observation) : []),
    ...redisAlarms(observation, history),
    ...batchAlarms(observation, history),
    ...capacityAlarms(observation),
    ...clockAlarms(observation),
  ];
  return alarms.sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}

type AlarmList = readonly Alarm[];

const voteIsOn = ({ election }: Observation): boolean =>
  election.definition.channels.includes('online') &&
  (election.row.phase === 'open' || election.row.phase === 'scheduled');
/** Conditions that prevent voting are alarms while voting is open, and warnings before. */
const whileOpen = ({ election }: Observation): Alarm['severity'] =>
  election.row.phase === 'open' ? 'alarm' : 'warning';

function lossAlarms({ election: { exact } }: Observation): AlarmList {
  if (!exact?.missing) return [];
  return [
    {
      code: 'votes-missing',
      severity: 'alarm',
      title: 'No one can vote: recorded votes are missing.',
      detail:
        `The intake does not know a mark of at least ${exact.missing.voters} voters. Its database was restored to an ` +
        'older moment, or a late standby took over.',
      next:
        'Restore newer copies of the databases intake and box, both to one moment. If there are none, accept the loss on ' +
        'the live page of the election, with a reason. Voting then continues, and the results report the loss.',
    },
  ];
}

function intakeAlarms(observation: Observation): AlarmList {
  const { election, sealing } = observation;
  const { state } = election.row;
  if (election.exact === null) {
    // After the count the intake is no longer needed.
    if (state === 'counted' || state === 'published') return [];
    return [
      {
        code: 'ballots-away',
        severity: whileOpen(observation),
        title: voteIsOn(observation)
          ? 'Voters cannot cast: the ballot server does not answer.'
          : 'Closing and counting wait: the ballot server does not answer.',
        detail: '`elections` gets no answer from `ballots`. Ballots that have a receipt are safe.',
        next: 'Start `ballots`, or fix its database. See its log and the System page.',
      },
    ];
  }
  if (sealing !== false || !voteIsOn(observation)) return [];
  return [
    {
      code: 'sealing-unavailable',
      severity: whileOpen(observation),
      title: 'Voters cannot cast: there is no key to seal ballots.',
      detail: '`ballots` has no current key of the mixer.',
      next: 'Start `mixer`. It makes a key when it starts, and a new one every hour.',
    },
  ];
}

// The box is counted after the intake, so ballots that left the outbox are in the count. A shortage is a real loss.
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
        detail:
          'Participation is greater than outbox and box together. Ballots in transit do not explain the difference.',
        next: 'Do not count. Keep databases and logs as they are, and have their operators compare intake and box.',
      },
    ];
  }
  // Voters of ballots that an earlier poll counted in the box are in the participation now.
  const excess = boxBefore - exact.participation;
  if (excess <= 0) return [];
  return [
    {
      code: 'ballots-in-excess',
      severity: 'alarm',
      title: `${ballots(excess)} in the box ${excess === 1 ? 'has' : 'have'} no voter.`,
      detail: 'The box has more online ballots than voters who took part.',
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
        title: 'Recorded ballots are waiting: the box does not answer.',
        detail: '`elections` cannot read the database box. Other services may have the same problem.',
        next: 'Start the database box, or correct ELECTIONS_BOX_DATABASE_URL.',
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
      title: 'Recorded ballots do not reach the box.',
      detail: 'Enough ballots are in the outbox to be moved, and none was moved for a minute.',
      next: 'Start `mixer`, or read its log. Counting waits until the outbox is empty.',
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
        title: 'Voters may be unable to confirm their phone: `sms` does not report.',
        detail: 'No process of `sms` has reported its status for half a minute.',
        next: 'Start `sms`, or read its log.',
      },
    ];
  }
  const works = { 'text-in': textIn, code };
  const anyWorks = methods.some((method) => works[method]);
  const severity = anyWorks ? 'warning' : whileOpen(observation);
  const instead = anyWorks ? 'Voters can use the other method until then. ' : '';
  const alarms: Alarm[] = [];
  if (methods.includes('text-in') && !textIn) {
    alarms.push({
      code: 'text-in-unavailable',
      severity,
      title: 'Voters cannot confirm by text: no number receives their texts.',
      detail: '`sms` has no provider with a number, or cannot store texts because it does not reach the edge Redis.',
      next: `${instead}Give a provider in SMS_PROVIDERS a number, and check that \`sms\` reaches the edge Redis.`,
    });
  }
  if (methods.includes('code') && !code) {
    const sending = providers.some(({ sends, state }) => sends && state === 'working');
    alarms.push({
      code: 'codes-unavailable',
      severity,
      title: 'Voters cannot get a code.',
      detail: sending ? 'A limit on codes or on spending is reached.' : 'No provider can send texts now.',
      next:
        instead +
        (sending
          ? 'Raise SMS_CODES_PER_HOUR, SMS_CODES_PER_DAY or SMS_SPEND_PER_DAY of `sms` if this is not an attack.'
          : 'Check the status of the providers, or add another one to SMS_PROVIDERS of `sms`.'),
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
      title: code ? `${name} fails. Other providers send the codes.` : `${name} fails to send codes.`,
      detail: 'More than half of its texts failed. It is paused, and tried again every few seconds.',
      next: `Contact ${name}, or check its status page.`,
    }));
}

// Services act by the time of their reference, so voting goes on. The next fault may not be so kind.
function clockAlarms({ clocks }: Observation): AlarmList {
  if (clocks === null || clocks.length === 0) return [];
  const names = [...new Set(clocks.map(({ service }) => `\`${service}\``))];
  const quoted = clocks
    .slice(0, clocksNamedMax)
    .map(({ service, check, observed }) => `${service}, ${check}: ${observed}.`);
  const more = clocks.length > clocksNamedMax ? ` And ${clocks.length - clocksNamedMax} more.` : '';
  return [
    {
      code: 'clocks-differ',
      severity: 'warning',
      title: `Voters may be refused: the clock of ${names.join(', ')} differs.`,
      detail: `${quoted.join(' ')}${more}`,
      next: 'Correct the clock that several services name, and let all machines follow NTP (chrony, systemd-timesyncd).',
    },
  ];
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
        : 'Results are published late: the edge Redis does not answer.',
      detail: '`elections` cannot read or publish there. Voters with a confirmed phone can still cast.',
      next: 'Start the edge Redis, or correct EDGE_REDIS_URL. Its contents are restored automatically.',
    });
  }
  if (control === null) {
    alarms.push({
      code: 'control-redis-away',
      severity: 'warning',
      title: 'Officials cannot send files: the control Redis does not answer.',
      detail: 'Accepted files may be waiting there. Online voting continues.',
      next: 'Start the control Redis, or correct CONTROL_REDIS_URL.',
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
      detail: `The election is announced. Its public document is missing in the ${missing.join(' and the ')} Redis.`,
      next: '`elections` publishes it again every few seconds. Read its log for errors.',
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
      title: `Paper ballots are missing from ${overdue.length === 1 ? '1 file' : `${overdue.length} files`}.`,
      detail: `Arrived from ${files.join('; from ')}${more}. No other rows are queued.`,
      next: 'Have the official send the same file again. No row counts twice. If it is lost, accept it as incomplete.',
    },
  ];
}

function capacityAlarms({ capacity }: Observation): AlarmList {
  if (capacity === null || capacity.state === 'free') return [];
  const full = capacity.state === 'full';
  return [
    {
      code: full ? 'platform-full' : 'platform-nearly-full',
      severity: 'warning',
      title: full ? 'No other election can be announced now.' : 'Soon no other election can be announced.',
      detail: `${capacity.observed} Voting in them continues.`,
      next: capacityNext,
    },
  ];
}
