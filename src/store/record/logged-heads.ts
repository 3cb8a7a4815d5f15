// The log of the signed heads of the record, as `elections` fills it.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

/** Opens the log under a manifest, as text. May be repeated. */
export async function openHeadLog(
  pool: Pool,
  log: { readonly origin: string; readonly manifest: string },
): Promise<void> {
  await certainRows(pool, { text: 'select pv.open_head_log($1, $2)', values: [log.origin, log.manifest] });
}

/** The number of the last head in the log; 0 before the first. */
export async function lastLoggedHead(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ number: number }>('select pv.last_logged_head() as number');
  return rows[0]?.number ?? 0;
}

export type LoggedHead = { readonly number: number; readonly entry: Uint8Array };

/** Adds those heads that come after the last one, in the order of their numbers. May be repeated. */
export async function addHeads(pool: Pool, heads: readonly LoggedHead[]): Promise<void> {
  const values = [heads.map(({ number }) => number), heads.map(({ entry }) => Buffer.from(entry))];
  await certainRows(pool, { text: 'select pv.add_heads($1, $2)', values });
}
