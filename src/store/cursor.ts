// A large answer of the database, page by page and as of one moment.
import type { Pool } from './database.ts';

/**
 * Passes every row of a query once, as an array of its columns. `pageEnd` is awaited after each page. Throws any error of
 * both.
 */
export async function readByCursor(
  pool: Pool,
  query: { readonly text: string; readonly values: readonly unknown[]; readonly pageRows: number },
  take: (row: readonly unknown[]) => void,
  pageEnd: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const { pageRows } = query;
  const client = await pool.connect();
  let finished = false;
  try {
    await client.query('begin read only');
    await client.query({ text: `declare page no scroll cursor for ${query.text}`, values: [...query.values] });
    // Rows as arrays: the driver builds them in half the time.
    const fetchPage = (): Promise<{ rows: unknown[][] }> =>
      client.query({ text: `fetch ${pageRows} from page`, rowMode: 'array' });
    let next = fetchPage();
    for (let full = true; full;) {
      const { rows } = await next;
      full = rows.length === pageRows;
      // The next page is read while this one is used. If its use fails, that answer is ignored.
      if (full) next = fetchPage();
      next.catch(() => undefined);
      for (const row of rows) take(row);
      await pageEnd();
    }
    await client.query('commit');
    finished = true;
  } finally {
    client.release(!finished);
  }
}
