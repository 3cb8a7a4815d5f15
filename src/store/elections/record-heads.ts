// Signed heads of the chained record, and the acts of `access` in it.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export async function addSignedHead(pool: Pool, number: number, document: object): Promise<void> {
  await certainRows(pool, { text: 'select pv.add_signed_head($1, $2)', values: [number, JSON.stringify(document)] });
}

/** Whether there are entries after the last signed head, which was signed this long ago. */
export async function isHeadDue(pool: Pool, seconds: number): Promise<boolean> {
  const { rows } = await pool.query<{ due: boolean }>('select pv.head_due($1) as due', [seconds]);
  return rows[0]?.due === true;
}

/** Newest first. */
export async function listSignedHeads(pool: Pool, limit: number): Promise<readonly unknown[]> {
  const { rows } = await pool.query<{ document: unknown }>('select document from pv.list_signed_heads($1)', [limit]);
  return rows.map(({ document }) => document);
}

export async function lastAccessAct(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ number: number }>('select pv.last_access_act() as number');
  return rows[0]?.number ?? 0;
}

export type AccessActEntry = {
  readonly number: number;
  readonly outcome: 'done' | 'refused';
  readonly actor: object;
  readonly act: string;
  readonly object: object;
  readonly code: string | null;
  readonly changed: object | null;
};

/** `not-next`: it is in the chain already, or one before it is missing. */
export async function appendAccessAct(pool: Pool, entry: AccessActEntry): Promise<'recorded' | 'not-next'> {
  const { number, outcome, actor, act, object, code, changed } = entry;
  const json = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));
  const [row] = await certainRows<{ outcome: 'recorded' | 'not-next' }>(pool, {
    text: 'select pv.append_access_act($1, $2, $3, $4, $5, $6, $7) as outcome',
    values: [number, outcome, json(actor), act, json(object), code, json(changed)],
  });
  return row?.outcome ?? 'not-next';
}
