// How many voters officials activated: numbers by election, station, official and hour, and nothing about a voter.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

/**
 * Counts one activation of an official, unless there were `most` in this hour. Returns 0, or the seconds until the next hour.
 * `station` is empty in an election without stations.
 */
export async function countActivation(
  pool: Pool,
  of: { readonly electionId: string; readonly station: string; readonly official: string; readonly most: number },
): Promise<number> {
  const [row] = await certainRows<{ seconds: number }>(pool, {
    text: 'select pv.count_activation($1, $2, $3, $4) as seconds',
    values: [of.electionId, of.station, of.official, of.most],
  });
  if (!row) throw new Error('The database answered without a row.');
  return row.seconds;
}

export type CountedActivations = {
  readonly station: string;
  readonly official: string;
  readonly activations: number;
};

/** By station and official. */
export async function listActivations(pool: Pool, electionId: string): Promise<CountedActivations[]> {
  const { rows } = await pool.query<CountedActivations>(
    'select station, official, activations from pv.list_activations($1)',
    [electionId],
  );
  return rows;
}
