// Acts on accounts for the chained record: added, and read in their order.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

/** Stores an act once, however often it is called with this id. */
export async function recordAct(pool: Pool, id: string, event: object): Promise<void> {
  await certainRows(pool, { text: 'select pv.record_act($1, $2)', values: [id, JSON.stringify(event)] });
}

export type NumberedAct = { readonly number: number; readonly atMs: number; readonly event: unknown };

export async function listActs(pool: Pool, after: number, limit: number): Promise<NumberedAct[]> {
  const { rows } = await pool.query<NumberedAct>('select number, at_ms as "atMs", event from pv.list_acts($1, $2)', [
    after,
    limit,
  ]);
  return rows;
}
