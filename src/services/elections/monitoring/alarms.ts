// Alarms of an election: conditions that keep voters from voting or ballots from the box. Each alarm has the effect on
// voters first and the next step last. Counts are compared only if they cannot differ by the time of reading.
// Conditions that usually recover are reported only when they last.
import { ballotsToMix } from '../../../domain/mixing.ts';
import type { Alarm } from '../../../protocol/control/live-api.ts';
import type { IncompleteBatch } from '../../../store/ledger.ts';
import type { Observation } from './observation.ts';
import { serviceAlarms, voteIsOn, whileOpen } from './service-alarms.ts';
import type { AlarmHistory } from './service-alarms.ts';

/** Longest time in which ready ballots may stay in the outbox, in milliseconds. The mixer polls every few seconds. */
const outboxMsMax = 60_000;
/** Longest time for an incomplete file that is not queued, in milliseconds. */
const batchMsMax = 4_000;
/** Most files in one alarm. */
const filesNamedMax = 3;

export function alarmsOf(observation: Observation, history: AlarmHistory): Alarm[] {
  const alarms = [
    ...lossAlarms(observation),
    ...intakeAlarms(observation),
    ...reconciliationAlarms(observation, history),
    ...outboxAlarms(observation, history),
    ...serviceAlarms(observation, history),
    ...batchAlarms(observation, history),
  ];
  return alarms.sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}

type AlarmList = readonly Alarm[];

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
  const missing = exact.participation - exact.outbox - exact.box - exact.repeated;
  if (missing > 0) {
    return [
      {
        code: 'ballots-missing',
        severity: 'alarm',
        title: `${ballots(missing)} that voters cast ${missing === 1 ? 'is' : 'are'} missing.`,
        detail:
          'Participation is greater than outbox, box and repeated ballots together. Ballots in transit do not explain the difference.',
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

function batchAlarms({ incomplete, control, election }: Observation, { sustainedMs }: AlarmHistory): AlarmList {
  if (incomplete === null || control === null) return [];
  const queued = new Set(control.queued.map(({ batchId }) => batchId));
  const overdue = incomplete.filter(
    ({ batchId }) => !queued.has(batchId) && sustainedMs(`${election.definition.id}/batch/${batchId}`) >= batchMsMax,
  );
  if (overdue.length === 0) return [];
  const files = overdue.slice(0, filesNamedMax).map(({ batchId, present, expected }: IncompleteBatch) => {
    return `${batchId}: ${present} of ${expected} rows`;
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
