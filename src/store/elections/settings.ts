// The setting that lets only one election run at a time, and the elections that contradict it. The database enforces it.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

type Title = Readonly<Record<string, string>>;
export type Overlap = {
  readonly id: string;
  readonly title: Title;
  readonly otherId: string;
  readonly otherTitle: Title;
};
export type Overlapping = {
  readonly id: string;
  readonly title: Title;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
};

export async function findSettings(pool: Pool): Promise<{ readonly oneAtATime: boolean }> {
  const { rows } = await pool.query<{ oneAtATime: boolean }>(
    'select one_at_a_time as "oneAtATime" from pv.find_settings()',
  );
  return rows[0] ?? { oneAtATime: false };
}

export async function setOneAtATime(pool: Pool, on: boolean): Promise<'set' | 'unchanged' | 'overlap'> {
  const [row] = await certainRows<{ outcome: 'set' | 'unchanged' | 'overlap' }>(pool, {
    text: 'select pv.set_one_at_a_time($1) as outcome',
    values: [on],
  });
  if (!row) throw new Error('The database answered without a row.');
  return row.outcome;
}

/** Pairs of announced elections that overlap, rehearsals apart. */
export async function overlaps(pool: Pool, limit: number): Promise<Overlap[]> {
  const { rows } = await pool.query<Overlap>(
    `select election_id as id, title, other_id as "otherId", other_title as "otherTitle" from pv.overlaps($1)`,
    [limit],
  );
  return rows;
}

/** Other announced elections, rehearsals apart, that hold some of a time. Times are RFC 3339. */
export async function overlapping(
  pool: Pool,
  time: { readonly id: string; readonly opensAt: string; readonly closesAt: string },
  limit: number,
): Promise<Overlapping[]> {
  const { rows } = await pool.query<Overlapping>(
    `select election_id as id, title, opens_at_ms as "opensAtMs", closes_at_ms as "closesAtMs"
     from pv.overlapping($1, $2, $3, $4)`,
    [time.id, time.opensAt, time.closesAt, limit],
  );
  return rows;
}
