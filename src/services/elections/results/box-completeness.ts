// Checks that every cast and uploaded ballot has arrived in the box, and closes it. Ballots that arrive later would
// never be counted. A rejection lists everything that is missing, each with the next step.
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../../platform/clock.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { AcceptedLoss } from '../../../protocol/proofs/participation-mark.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { closeBox, missingInBox } from '../../../store/ledger.ts';
import type { Missing } from '../../../store/ledger.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { arrivingFiles, queuedBatches } from '../publishing/queued-batches.ts';
import type { KeptMarks } from '../turnout/marks.ts';

/** Most faults in one answer. */
const faultsNamedMax = 100;
/** Tries to close a box while the mixer records that voting is over, and the pause between them, in milliseconds. */
const statementTriesMax = 15;
const statementPauseMs = 200;

export type CompletenessParts = {
  readonly boxPool: Pool;
  readonly ballots: Pick<BallotsCalls, 'counts' | 'close'>;
  readonly marks: KeptMarks;
  readonly controlRedis: Redis;
  readonly clock: Clock;
};
export type ClosedBox = {
  /** People on the roll; null without a roll. */
  readonly eligible: number | null;
  readonly acceptedLosses: readonly AcceptedLoss[];
};
/** Ballots in the box do not fit their entries in the public log: an alarm. The box stays open. */
export class EntriesDiffer extends Error {
  constructor({ expected, present }: Missing) {
    super(`only ${present} of ${expected} ballots fit their entries in the public log`);
    this.name = 'EntriesDiffer';
  }
}

type Fault = { readonly path: string; readonly detail: string };

/**
 * Closes the box permanently if it is complete. Throws `not-drained` with everything that is missing, and `busy` if a
 * source is unavailable, and `EntriesDiffer`. The box stays open then. `participation`: online voters, counted when the intake was closed.
 */
export async function closeWhenComplete(
  parts: CompletenessParts,
  definition: ElectionDefinition,
  participation: number,
): Promise<ClosedBox> {
  const { id, channels, identity } = definition;
  const compared = await parts.marks.compare(id);
  const [counts, queued] = await Promise.all([
    parts.ballots.counts(id),
    channels.includes('batches') ? queueOf(parts, id) : [],
  ]);
  const lossFaults = compared.state === 'missing' ? [lossFault(compared.missing.voters)] : [];
  const faults = [...lossFaults, ...intakeFaults(counts, participation), ...queued];
  const missing =
    faults.length > 0
      ? await missingInBox(parts.boxPool, id, participation)
      : await closeWhenStated(parts, id, participation);
  const wrong = missing.find(({ kind }) => kind === 'entry');
  if (wrong) throw new EntriesDiffer(wrong);
  faults.push(...missing.map(boxFault));
  if (faults.length > 0) throw new Problem('not-drained', { errors: faults.slice(0, faultsNamedMax) });
  return { eligible: identity.scheme === 'roll' ? counts.roll : null, acceptedLosses: counts.acceptedLosses };
}

/** Closes the box. Waits for a moment where only the statement that voting is over is missing. */
async function closeWhenStated(parts: CompletenessParts, id: string, participation: number): Promise<Missing[]> {
  const lacksStatement = (missing: readonly Missing[]): boolean =>
    missing.length > 0 && missing.every(({ kind }) => kind === 'statement');
  let missing = await closeBox(parts.boxPool, id, participation);
  // `ballots` signs its statement again: after an accepted loss, and for an intake that an earlier release closed.
  if (lacksStatement(missing)) await parts.ballots.close(id);
  for (let tries = 0; tries < statementTriesMax && lacksStatement(missing); tries += 1) {
    await pause(statementPauseMs);
    missing = await closeBox(parts.boxPool, id, participation);
  }
  return missing;
}

const lossFault = (voters: number): Fault => ({
  path: 'intake',
  detail:
    `Recorded votes are missing: the intake does not know a mark of at least ${voters} voters. Restore newer copies of ` +
    'the databases intake and box, or accept the loss with a reason (POST …/accept-loss).',
});

async function queueOf({ controlRedis, clock }: CompletenessParts, electionId: string): Promise<Fault[]> {
  try {
    const arriving = await arrivingFiles(controlRedis, electionId, clock());
    const queued = await queuedBatches(controlRedis, electionId);
    const onTheirWay = { path: 'queue', detail: 'A file is being uploaded. Try again in a minute.' };
    const waiting = queued.map(({ batchId, rows }) => ({
      path: `queue/${batchId}`,
      detail: `A file of ${rows} rows is being checked or is queued. Try again in a minute.`,
    }));
    return arriving > 0 ? [onTheirWay, ...waiting] : waiting;
  } catch {
    throw new Problem('busy', {
      ...retrySoon(),
      detail: 'The queue of batches cannot be read because the control Redis does not answer. Try again.',
    });
  }
}

function intakeFaults(counts: Awaited<ReturnType<BallotsCalls['counts']>>, participation: number): Fault[] {
  const faults: Fault[] = [];
  if (counts.state !== 'closed') {
    faults.push({ path: 'intake', detail: 'The intake is not closed. Close the election first.' });
  } else if (counts.participation !== participation) {
    const detail =
      `Closing counted ${participation} voters, but the intake now has ${counts.participation}. ` +
      'This must never happen. The operator of the databases must investigate.';
    faults.push({ path: 'participation', detail });
  }
  if (counts.outbox > 0) {
    const detail = `Ballots that are not in the box yet: ${counts.outbox}. The mixer moves them. Try again in a minute.`;
    faults.push({ path: 'outbox', detail });
  }
  return faults;
}

function boxFault({ kind, batchId, expected, present }: Missing): Fault {
  if (kind === 'online') {
    return { path: 'box', detail: `The box has ${present} of the ${expected} ballots that were cast online.` };
  }
  if (kind === 'count') {
    const detail =
      `${expected} ballots were counted in the box when they were stored, and ${present} are there. This must never ` +
      'happen. The operator of the databases must investigate with popvote recount.';
    return { path: 'box', detail };
  }
  if (kind === 'statement') return { path: 'statement', detail: statementText(expected, present) };
  if (kind === 'confirmation') {
    const detail = `A second official has not confirmed this file of ${expected} rows. Have it confirmed, or withdraw it.`;
    return { path: `batches/${batchId ?? ''}`, detail };
  }
  const detail =
    `${present} of ${expected} rows of this file arrived. Have the official send the same file again. If it is lost, ` +
    'accept it as incomplete (POST …/set-aside).';
  return { path: `batches/${batchId ?? ''}`, detail };
}

const statementText = (expected: number, present: number): string =>
  present === 0
    ? 'The mixer has not yet recorded in the box that voting is over. Try again in a minute.'
    : `The statement in the box says that ${present} people voted online, and the intake has ${expected}. This must never happen. ` +
      'The operator of the databases must investigate.';
