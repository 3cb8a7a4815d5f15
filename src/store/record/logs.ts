// The public logs as the service `log` sees them: their entries, in the order of their places in the tree. Each statement
// may be repeated after a crash.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type StoredLog = {
  readonly number: number;
  readonly electionId: string;
  readonly origin: string;
  /** The signed manifest, as text. */
  readonly manifest: string;
  /** Entries with a place. */
  readonly size: number;
  /** Entries without a place exist. */
  readonly waiting: boolean;
  /** The intake is closed. */
  readonly ended: boolean;
  /** The box is closed: nothing is added. */
  readonly closed: boolean;
  /** The contents may be shown. */
  readonly released: boolean;
};

export async function listLogs(pool: Pool): Promise<StoredLog[]> {
  const { rows } = await pool.query<StoredLog>(
    `select election_no as number, election_id as "electionId", origin, manifest, size, waiting, ended, closed, released
     from pv.list_logs()`,
  );
  return rows;
}

/** Gives places to at most `limit` waiting entries, and returns how many got one. `limit` is not under K. */
export async function placeEntries(pool: Pool, logNumber: number, limit: number): Promise<number> {
  const [row] = await certainRows<{ placed: number }>(pool, {
    text: 'select pv.log_take($1, $2) as placed',
    values: [logNumber, limit],
  });
  return row?.placed ?? 0;
}

/** At most `limit` entries of 131 bytes from a place on. Throws where a place is missing in between. */
export async function placedEntries(pool: Pool, logNumber: number, first: number, limit: number): Promise<Buffer[]> {
  const { rows } = await pool.query<{ place: number; entry: Buffer }>(
    'select leaf_index as place, entry from pv.log_entries($1, $2, $3)',
    [logNumber, first, limit],
  );
  rows.forEach(({ place }, at) => {
    if (place !== first + at) throw new Error('a place in the log is empty');
  });
  return rows.map(({ entry }) => entry);
}

export type EntryOpening = { readonly place: number; readonly tracker: Buffer; readonly ballot: string };

/** At most `limit` contents from a place on, as far as they may be shown. */
export async function entryOpenings(
  pool: Pool,
  logNumber: number,
  first: number,
  limit: number,
): Promise<EntryOpening[]> {
  const { rows } = await pool.query<EntryOpening>(
    'select leaf_index as place, tracker, ballot from pv.log_openings($1, $2, $3)',
    [logNumber, first, limit],
  );
  return rows;
}
