// The files of the voters' page, by revision.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

/**
 * Adds the files with a revision above `above`, unless the newest revision has them. False where another process added others
 * at the same time.
 */
export async function addPageFiles(pool: Pool, files: readonly object[], above: number): Promise<boolean> {
  const values = [JSON.stringify(files), above];
  const [row] = await certainRows<{ added: boolean }>(pool, {
    text: 'select pv.add_page_files($1, $2) as added',
    values,
  });
  return row?.added === true;
}

/** The newest revision; null before the first. */
export async function newestPageFiles(
  pool: Pool,
): Promise<{ readonly revision: number; readonly files: unknown } | null> {
  const { rows } = await pool.query<{ revision: number; files: unknown }>('select * from pv.newest_page_files()');
  return rows[0] ?? null;
}
