// The newest mark of the participation of each election, kept outside the intake. One statement each.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

/** Keeps a mark unless a later one is kept. `mark` is its signed JSON. */
export async function keepMark(
  pool: Pool,
  electionId: string,
  { losses, voters, mark }: { readonly losses: number; readonly voters: number; readonly mark: object },
): Promise<void> {
  await certainRows(pool, {
    text: 'select pv.keep_mark($1, $2, $3, $4)',
    values: [electionId, losses, voters, JSON.stringify(mark)],
  });
}

/** The kept mark, as JSON; null without one. */
export async function findKeptMark(pool: Pool, electionId: string): Promise<unknown> {
  const { rows } = await pool.query<{ mark: unknown }>('select pv.kept_mark_of($1) as mark', [electionId]);
  return rows[0]?.mark ?? null;
}

/** Corrects the participation of an election that is closed and not counted, after a loss was accepted. */
export async function correctParticipation(pool: Pool, electionId: string, participation: number): Promise<void> {
  await certainRows(pool, {
    text: 'select pv.correct_participation($1, $2)',
    values: [electionId, participation],
  });
}
