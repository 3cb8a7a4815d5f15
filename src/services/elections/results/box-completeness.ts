// Whether all that was cast and uploaded has arrived in the box: counting before that would leave votes out for good.
// Every place is looked at and everything that is missing is told at once, each with what to do.
import type { Clock } from '../../../platform/clock.ts';
import { retrySoon } from '../../../platform/http/problems.ts';
import type { Redis } from '../../../platform/redis.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import type { Pool } from '../../../store/database.ts';
import { closeBox, missingInBox } from '../../../store/ledger.ts';
import type { Missing } from '../../../store/ledger.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { arrivingFiles, queuedBatches } from '../publishing/queued-batches.ts';

/** Missing things that one answer names. */
const faultsNamedMax = 100;

export type CompletenessParts = {
  readonly boxPool: Pool;
  readonly ballots: Pick<BallotsCalls, 'counts'>;
  readonly controlRedis: Redis;
  readonly clock: Clock;
};
export type ClosedBox = {
  /** People on the roll; null where there is none. */
  readonly eligible: number | null;
};
type Fault = { readonly path: string; readonly detail: string };

/**
 * Closes the box for good once everything is in it. Throws `not-drained` with all that is missing, and `busy` where a
 * place cannot be asked: then nothing was closed. `participation`: how many cast online, as closing counted them.
 */
export async function closeWhenComplete(
  parts: CompletenessParts,
  definition: ElectionDefinition,
  participation: number,
): Promise<ClosedBox> {
  const { id, channels, identity } = definition;
  const [counts, queued] = await Promise.all([
    parts.ballots.counts(id),
    channels.includes('batches') ? queueOf(parts, id) : [],
  ]);
  const faults = [...intakeFaults(counts, participation), ...queued];
  const missing =
    faults.length > 0
      ? await missingInBox(parts.boxPool, id, participation)
      : await closeBox(parts.boxPool, id, participation);
  faults.push(...missing.map(boxFault));
  if (faults.length > 0) throw new Problem('not-drained', { errors: faults.slice(0, faultsNamedMax) });
  return { eligible: identity.scheme === 'roll' ? counts.roll : null };
}

async function queueOf({ controlRedis, clock }: CompletenessParts, electionId: string): Promise<Fault[]> {
  try {
    const arriving = await arrivingFiles(controlRedis, electionId, clock());
    const queued = await queuedBatches(controlRedis, electionId);
    const onTheirWay = { path: 'queue', detail: 'A file is being uploaded. Try again in a minute.' };
    const waiting = queued.map(({ batchId, rows }) => ({
      path: `queue/${batchId}`,
      detail: `A file of ${rows} rows is being checked, or waits for it. Try again in a minute.`,
    }));
    return arriving > 0 ? [onTheirWay, ...waiting] : waiting;
  } catch {
    throw new Problem('busy', {
      ...retrySoon(),
      detail: 'Nobody can say whether batches still wait to be checked: the control Redis does not answer. Try again.',
    });
  }
}

function intakeFaults(counts: Awaited<ReturnType<BallotsCalls['counts']>>, participation: number): Fault[] {
  const faults: Fault[] = [];
  if (counts.state !== 'closed') {
    faults.push({ path: 'intake', detail: 'The intake is not closed. Close the election first.' });
  } else if (counts.participation !== participation) {
    const detail =
      `Closing counted ${participation} voters and the intake now has ${counts.participation}. ` +
      'This must never happen: have whoever runs the databases look into it.';
    faults.push({ path: 'participation', detail });
  }
  if (counts.outbox > 0) {
    const detail = `Ballots are on their way to the box: ${counts.outbox}. The mixer moves them; try again in a minute.`;
    faults.push({ path: 'outbox', detail });
  }
  return faults;
}

function boxFault({ kind, batchId, expected, present }: Missing): Fault {
  if (kind === 'online') {
    return { path: 'box', detail: `The box has ${present} of the ${expected} ballots that were cast online.` };
  }
  const detail =
    `${present} of ${expected} rows of this file arrived. Have its official send the same file again, or set it ` +
    'aside if it cannot be had (POST …/set-aside).';
  return { path: `batches/${batchId ?? ''}`, detail };
}
