// The repeated ballots of a closed box: each has the cast tag of a ballot in the log, and is in no log itself.
import { readByCursor } from '../cursor.ts';
import type { Pool } from '../database.ts';

/** Entries of one page, of 131 bytes. */
const pageEntriesMax = 5_000;

export type RepeatedBallots = {
  readonly count: number;
  /** In the order of their bytes; null where the box has a row without one, which an earlier release deposited. */
  readonly entries: readonly Buffer[] | null;
};

/** Rejects before the box is closed. */
export async function readRepeated(pool: Pool, electionId: string): Promise<RepeatedBallots> {
  const rows: (Buffer | null)[] = [];
  const query = {
    text: 'select entry from pv.repeated_entries($1)',
    values: [electionId],
    pageRows: pageEntriesMax,
  };
  await readByCursor(pool, query, ([entry]) => rows.push(entry as Buffer | null));
  const entries = rows.filter((entry) => entry !== null);
  return { count: rows.length, entries: entries.length === rows.length ? entries : null };
}
