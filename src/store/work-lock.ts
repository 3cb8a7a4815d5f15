// The lock by which one process of a service works and others wait as standbys.
import type { PoolClient } from 'pg';
import type { Pool } from './database.ts';

export type WorkLock = {
  /** Whether this process is the working one: takes the lock if it is free, and notices when it was lost. */
  held(): Promise<boolean>;
  /** Releases the lock to another process. */
  release(): Promise<void>;
};

/**
 * A lock of the database, which a connection of its own holds for the life of the process: a process that dies loses it
 * at once. It avoids useless work. If two worked for a moment, no statement of theirs would do anything twice. `take` and
 * `release` are calls of functions of the schema; `take` returns whether the lock was free.
 */
export function createWorkLock(pool: Pool, calls: { readonly take: string; readonly release: string }): WorkLock {
  let holder: PoolClient | undefined;
  // A closed connection releases its lock.
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
      holder = client;
      try {
        const { rows } = await client.query<{ taken: boolean }>(`select ${calls.take} as taken`);
        if (!rows[0]?.taken) drop();
        return rows[0]?.taken ?? false;
      } catch (error) {
        drop();
        throw error;
      }
    },
    async release() {
      // Released explicitly, so that it is free when this returns; the server notices a connection's end a little
      // later.
      await holder?.query(`select ${calls.release}`).catch(() => undefined);
      drop();
    },
  };
}
