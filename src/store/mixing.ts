// The outbox as the mixer sees it: waiting ballots, the chosen batch, and its end. Each statement may be repeated after
// a crash.
import { certainRows } from './certain-query.ts';
import type { Pool } from './database.ts';
import { createWorkLock } from './work-lock.ts';
import type { WorkLock } from './work-lock.ts';

export type Mixable = {
  readonly electionId: string;
  /** Waiting sealed ballots, counted up to 10,000, without the excluded. */
  readonly waiting: number;
  /** Ballots of a chosen, unfinished batch. */
  readonly chosen: number;
  readonly minBatch: number;
  /** The election is closed: no more can come. */
  readonly final: boolean;
};
export type SealedBallot = { readonly slot: string; readonly sealed: Buffer };

export async function mixableElections(pool: Pool, excluding: readonly string[]): Promise<Mixable[]> {
  const { rows } = await pool.query<Mixable>(
    `select election_id as "electionId", waiting, chosen, min_batch as "minBatch", final from pv.mixable($1)`,
    [excluding],
  );
  return rows;
}

/** Chooses and commits a batch; 0 where one is chosen already. */
export async function chooseBatch(
  pool: Pool,
  electionId: string,
  count: number,
  excluding: readonly string[],
): Promise<number> {
  const [row] = await certainRows<{ chosen: number }>(pool, {
    text: 'select pv.choose_batch($1, $2, $3) as chosen',
    values: [electionId, count, excluding],
  });
  return row?.chosen ?? 0;
}

export async function chosenBatch(pool: Pool, electionId: string): Promise<SealedBallot[]> {
  const { rows } = await pool.query<SealedBallot>('select slot, sealed from pv.chosen_batch($1)', [electionId]);
  return rows;
}

/** Clears opened ballots, once the box has them; others stay. Returns how many left the outbox. */
export async function finishBatch(
  pool: Pool,
  electionId: string,
  opened: readonly string[],
  unopened: readonly string[],
): Promise<number> {
  const [row] = await certainRows<{ cleared: number }>(pool, {
    text: 'select pv.finish_batch($1, $2, $3) as cleared',
    values: [electionId, opened, unopened],
  });
  return row?.cleared ?? 0;
}

export type ElectionCounts = { readonly electionId: string; readonly participation: number; readonly outbox: number };

export async function countElections(pool: Pool): Promise<ElectionCounts[]> {
  const { rows } = await pool.query<ElectionCounts>(
    'select election_id as "electionId", participation, outbox from pv.count_elections()',
  );
  return rows;
}

/** The lock by which one mixer works and others wait as standbys. */
export const createMixerLock = (pool: Pool): WorkLock =>
  createWorkLock(pool, { take: 'pv.take_mixer_lock()', release: 'pv.release_mixer_lock()' });
