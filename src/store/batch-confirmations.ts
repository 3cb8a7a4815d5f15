// The confirmation of batches in the ledger, and what the batches of each station came to.
import { certainRows } from './certain-query.ts';
import type { Pool } from './database.ts';
import type { BatchTotals } from './ledger.ts';

/** Another batch that has ballot ids of the batch, and how many. */
export type ConflictingBatch = { readonly batchId: string; readonly rows: number };
export type Confirmation =
  | {
      readonly outcome:
        | 'confirmed'
        | 'already'
        | 'own'
        | 'differs'
        | 'incomplete'
        | 'not-needed'
        | 'withdrawn'
        | 'closed'
        | 'not-found';
    }
  /** One of them has to be withdrawn; at most 100 are named. */
  | { readonly outcome: 'conflict'; readonly others: readonly ConflictingBatch[] };

/**
 * Puts the rows of a batch into the box, for another official than its sender, who gives the number of ballots on the
 * protocol. May be repeated.
 */
export async function confirmBatch(
  pool: Pool,
  batch: {
    readonly electionId: string;
    readonly batchId: string;
    readonly official: string;
    readonly ballots: number;
  },
): Promise<Confirmation> {
  const rows = await certainRows<{ outcome: Confirmation['outcome'] } & ConflictingBatch>(pool, {
    text: `select outcome, other_batch as "batchId", other_rows as rows from pv.confirm_batch($1, $2, $3, $4)`,
    values: [batch.electionId, batch.batchId, batch.official, batch.ballots],
  });
  const [first] = rows;
  if (!first) throw new Error('the database gave no answer');
  if (first.outcome !== 'conflict') return { outcome: first.outcome };
  return { outcome: 'conflict', others: rows.map(({ batchId, rows: count }) => ({ batchId, rows: count })) };
}

export type StationTotals = BatchTotals & { readonly station: string };

/** The outcomes of the rows of all batches by station, of the stations that have any. */
export async function countStations(pool: Pool, electionId: string): Promise<StationTotals[]> {
  const { rows } = await pool.query<StationTotals>(
    `select station, files, received, valid, duplicates, invalid_numbers as "invalidNumbers", missing, withdrawn
     from pv.count_stations($1)`,
    [electionId],
  );
  return rows;
}
