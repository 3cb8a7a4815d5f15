// The outbox as the mixer sees it: what waits, the batch that is chosen, and its end. Each statement may be repeated
// after a crash.
import { certainRows } from './certain-query.ts';
import type { Pool } from './database.ts';

export type Mixable = {
  readonly electionId: string;
  /** Sealed ballots that wait, counted up to 10,000, without the excluded. */
  readonly waiting: number;
  /** Ballots of a batch that is chosen and not finished. */
  readonly chosen: number;
  readonly minBatch: number;
  /** The election is closed: nobody comes any more. */
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

/** Clears what was opened, once the box has it; what was not opened stays. Returns how many left the outbox. */
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

/** The advisory lock of the one mixer that works. */
const mixerLock = 20_260_004;

/**
 * Runs work while no other mixer does, or returns null at once where one does. The lock saves work and noise: were it
 * lost with its connection, each statement above would still do nothing twice.
 */
export async function asOnlyMixer<Result>(pool: Pool, work: () => Promise<Result>): Promise<Result | null> {
  const client = await pool.connect();
  const onError = (): void => undefined;
  client.on('error', onError);
  let clean = false;
  try {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, 0) as taken', [mixerLock]);
    const result = rows[0]?.taken ? await work() : null;
    if (rows[0]?.taken) await client.query('select pg_advisory_unlock($1, 0)', [mixerLock]);
    clean = true;
    return result;
  } finally {
    client.off('error', onError);
    // A connection that is thrown away takes its lock with it.
    client.release(!clean);
  }
}
