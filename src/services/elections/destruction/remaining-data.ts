// What is left of the data of an election, as far as a program can see it: for the certificate of its destruction, and for the
// administrators who prepare it.
import { graceOf } from '../../../domain/election.ts';
import { CallFailed } from '../../../platform/private-calls/private-calls.ts';
import type { Redis } from '../../../platform/redis.ts';
import type { DestructionState } from '../../../protocol/control/destruction-api.ts';
import { Problem } from '../../../protocol/problem.ts';
import { electionDefinition } from '../../../protocol/public-document.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import { replaySeconds } from '../../../store/key-uses.ts';
import type { Pool } from '../../../store/database.ts';
import { countSealedNumbers } from '../../../store/elections/destruction.ts';
import { findLifecycle } from '../../../store/elections/lifecycle.ts';
import type { StoredLifecycle } from '../../../store/elections/lifecycle.ts';
import { findResult } from '../../../store/elections/results.ts';
import type { BallotsCalls } from '../publishing/ballots-calls.ts';
import { queuedBatches } from '../publishing/queued-batches.ts';

export type RemainingParts = {
  readonly pool: Pool;
  readonly ballots: Pick<BallotsCalls, 'remainingKeys'>;
  readonly controlRedis: Redis;
};

export type RemainingData = {
  readonly election: StoredLifecycle;
  readonly definition: ElectionDefinition;
  /** Null where the newest results are not published. */
  readonly published: { readonly revision: number; readonly atMs: number } | null;
  /** Until then a vote is repeated for its receipt. */
  readonly inUseUntilMs: number;
  readonly keyId: string | null;
  /** Hourly keys in the time of voting; null where `ballots` does not answer. */
  readonly hourlyKeys: number | null;
  readonly remaining: DestructionState['remaining'];
};

/** Throws `election-not-found`, and `results-not-counted` for a draft. */
export async function findRemainingData(parts: RemainingParts, electionId: string): Promise<RemainingData> {
  const { pool, ballots, controlRedis } = parts;
  const election = await findLifecycle(pool, electionId);
  if (!election) throw new Problem('election-not-found');
  if (election.announced === null) throw new Problem('results-not-counted');
  const definition = electionDefinition.parse(election.announced);
  const result = await findResult(pool, electionId);
  const [keys, queued, people] = await Promise.all([
    ballots.remainingKeys(electionId).catch(unlessUnavailable),
    // Redis is never authoritative: without it the queue is unknown.
    queuedBatches(controlRedis, electionId).catch(() => null),
    countSealedNumbers(pool, electionId),
  ]);
  return {
    election,
    definition,
    published:
      election.state === 'published' && result !== null && result.publishedAtMs !== null
        ? { revision: result.revision, atMs: result.publishedAtMs }
        : null,
    inUseUntilMs: inUseUntilMs(election.closesAtMs, definition),
    keyId: keys?.keyId ?? null,
    hourlyKeys: keys?.hourlyKeys.made ?? null,
    remaining: [
      { what: 'election-keys', number: keys?.files ?? null },
      { what: 'roll', number: people },
      { what: 'hourly-keys', number: keys?.hourlyKeys.remaining ?? null },
      { what: 'batch-files', number: queued?.length ?? null },
    ],
  };
}

/** As the keys that elections share are judged: after the longest token a vote is repeated for a while. */
function inUseUntilMs(closesAtMs: number, definition: ElectionDefinition): number {
  return closesAtMs + (graceOf(definition) + definition.verification.verifiedSecondsMax + replaySeconds) * 1_000;
}

function unlessUnavailable(error: unknown): null {
  if (error instanceof CallFailed || error instanceof Problem) return null;
  throw error;
}
