// Casting ballots into the intake of an election: one statement for a batch, one outcome for each ballot. What was
// certainly not recorded is `busy`, and every uncertain outcome is `unknown`. A recorded cast may be sent again and is then a
// `replay`.
import { setTimeout as pause } from 'node:timers/promises';
import { byteaArray, timestamptzArray } from './binary-array.ts';
import type { PoolClient } from 'pg';
import { certainRowsOn, sqlState } from './certain-query.ts';
import type { Pool } from './database.ts';
import { markArrays } from './marks.ts';
import type { IntakeMark } from './marks.ts';

/** `amended`: it was checked against another version of the definition than the present one, and nothing was recorded. */
const outcomesBesides = ['recorded', 'replay', 'amended'] as const;
export type CastOutcome<Rejection extends string = string> =
  (typeof outcomesBesides)[number] | Rejection | 'busy' | 'unknown';

/** The data of a cast: keyed tags of 32 bytes and a sealed ballot; all of one batch to one key. */
export type SealedCast = {
  readonly voter: Buffer;
  readonly phone: Buffer;
  readonly attempt: Buffer;
  readonly sealed: Buffer;
  readonly verifiedAtMs: number;
};

/** The election that ballots are cast in, and the version of its definition that they were checked against. */
export type CastIn<Rejection extends string = string> = {
  readonly electionId: string;
  readonly definitionVersion: number;
  /** Marks from outside, with verified signatures. Nothing is recorded if one of them is not in the intake. */
  readonly marks: readonly IntakeMark[];
  /** The rejections that the caller understands; any other answer of the database makes the outcome unknown. */
  readonly rejections: readonly Rejection[];
};

/** Deadlock, serialization failure, lock not available: nothing was committed, and trying again may help. */
const worthRetrying = new Set(['40P01', '40001', '55P03']);
/**
 * Longest pause before a batch is tried again, in milliseconds: random, so that two deadlocked batches do not meet
 * again.
 */
const retryPauseMsMax = 20;
/** Longest time in which ballots of a batch are tried one by one, in milliseconds; then the rest is busy. */
const singlyMsMax = 5_000;

/**
 * Casts a batch and returns the outcome of each ballot, in order. `onTrouble` is called for every failed try. A batch
 * that hit a deadlock is tried once more as a whole and then ballot by ballot.
 */
export async function castBallots<Rejection extends string>(
  pool: Pool,
  election: CastIn<Rejection>,
  casts: readonly SealedCast[],
  onTrouble: (error: unknown) => void,
): Promise<CastOutcome<Rejection>[]> {
  const attempt = async (part: readonly SealedCast[]): Promise<CastOutcome<Rejection>[] | 'retry'> => {
    let client: PoolClient | undefined;
    try {
      client = await pool.connect();
      return await castOnce(client, election, part);
    } catch (error) {
      onTrouble(error);
      if (client && worthRetrying.has(sqlState(error) ?? '')) return 'retry';
      return part.map(() => (!client || isRolledBack(error) ? 'busy' : 'unknown'));
    }
  };
  const first = await attempt(casts);
  if (first !== 'retry') return first;
  await pause(Math.random() * retryPauseMsMax);
  const second = await attempt(casts);
  if (second !== 'retry') return second;
  const singly: CastOutcome<Rejection>[] = [];
  const deadline = performance.now() + singlyMsMax;
  for (const cast of casts) {
    const outcome = performance.now() < deadline ? await attempt([cast]) : 'retry';
    singly.push(outcome === 'retry' ? 'busy' : (outcome[0] ?? 'unknown'));
  }
  return singly;
}

/**
 * Whether the server rejected the statement itself, so that nothing was recorded. A cancelled statement (class 57) and the
 * end of a connection are not this: they may have come between the commit and its answer.
 */
function isRolledBack(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && !state.startsWith('57') && (error as { severity?: unknown }).severity === 'ERROR';
}

async function castOnce<Rejection extends string>(
  client: PoolClient,
  election: CastIn<Rejection>,
  casts: readonly SealedCast[],
): Promise<CastOutcome<Rejection>[]> {
  const [row] = await certainRowsOn<{ outcomes: string[] }>(client, {
    name: 'cast-ballots',
    text: 'select pv.cast_ballots($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as outcomes',
    values: [
      election.electionId,
      election.definitionVersion,
      ...markArrays(election.marks),
      byteaArray(casts.map(({ voter }) => voter)),
      byteaArray(casts.map(({ phone }) => phone)),
      byteaArray(casts.map(({ attempt }) => attempt)),
      byteaArray(casts.map(({ sealed }) => sealed)),
      timestamptzArray(casts.map(({ verifiedAtMs }) => verifiedAtMs)),
    ],
  });
  const expected: ReadonlySet<string> = new Set([...outcomesBesides, ...election.rejections]);
  if (row?.outcomes.length !== casts.length || !row.outcomes.every((outcome) => expected.has(outcome))) {
    throw new Error('The database answered with other outcomes than were asked for.');
  }
  return row.outcomes as CastOutcome<Rejection>[];
}
