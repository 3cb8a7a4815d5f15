// The growth of turnout, as the database stores it; one statement each. Samples are published values.
import { certainRows } from '../certain-query.ts';
import type { Pool } from '../database.ts';

export type TurnoutSample = { readonly atMs: number; readonly online: number; readonly batches: number };

/** Stores a turnout if it differs from the last. `countedAt` is RFC 3339. */
export async function noteTurnout(
  pool: Pool,
  electionId: string,
  { countedAt, online, batches }: { readonly countedAt: string; readonly online: number; readonly batches: number },
): Promise<void> {
  await certainRows(pool, {
    text: 'select pv.note_turnout($1, $2, $3, $4)',
    values: [electionId, countedAt, online, batches],
  });
}

/** At most `limit` samples, oldest first, the first and the last among them. */
export async function findTurnoutHistory(pool: Pool, electionId: string, limit: number): Promise<TurnoutSample[]> {
  const { rows } = await pool.query<TurnoutSample>(
    'select at_ms as "atMs", online, batches from pv.turnout_history($1, $2)',
    [electionId, limit],
  );
  return rows;
}

/** The last rehearsal in which anybody took part, with its end, or now where it runs. */
export async function lastRehearsal(pool: Pool): Promise<{ readonly id: string; readonly atMs: number } | null> {
  const { rows } = await pool.query<{ id: string; atMs: number }>(
    'select election_id as id, at_ms as "atMs" from pv.last_rehearsal()',
  );
  return rows[0] ?? null;
}
