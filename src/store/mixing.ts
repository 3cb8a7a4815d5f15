// The outbox as the mixer sees it: what waits, the batch that is chosen, and its end. Each statement may be repeated
// after a crash.
import type { PoolClient } from 'pg';
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

export type MixerLock = {
  /** Whether this process is the one that works: takes the lock if it is free, and sees when it was lost. */
  held(): Promise<boolean>;
  /** Lets another process have it. */
  release(): Promise<void>;
};

/**
 * The lock by which one mixer works and others stand by, held by a connection of its own for as long as the process
 * lives: a mixer that dies loses it at once. It keeps order and saves noise; were two to work for a moment, each
 * statement above would still do nothing twice.
 */
export function createMixerLock(pool: Pool): MixerLock {
  let holder: PoolClient | undefined;
  // A connection that is thrown away takes its lock with it.
  const drop = (): void => {
    holder?.release(true);
    holder = undefined;
  };
  const isHeld = async (client: PoolClient): Promise<boolean> => {
    try {
      await client.query('select 1');
      return true;
    } catch {
      drop();
      return false;
    }
  };
  return {
    async held() {
      if (holder && (await isHeld(holder))) return true;
      const client = await pool.connect();
      // A broken connection is seen at the next use; without a listener it would end the process.
      client.on('error', () => undefined);
      holder = client;
      try {
        const text = 'select pg_try_advisory_lock($1, 0) as taken';
        const { rows } = await client.query<{ taken: boolean }>(text, [mixerLock]);
        if (!rows[0]?.taken) drop();
        return rows[0]?.taken ?? false;
      } catch (error) {
        drop();
        throw error;
      }
    },
    async release() {
      // Asked for, so that it is free when this returns; a connection's end is noticed a little later.
      await holder?.query('select pg_advisory_unlock($1, 0)', [mixerLock]).catch(() => undefined);
      drop();
    },
  };
}
