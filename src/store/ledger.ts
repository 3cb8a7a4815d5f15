// The ledger of batches as `elections` reads it: the files, what is missing of them, which rows do not count and why.
// The choice of a row is never returned; that of an invalid one only after the box is closed.
import { certainRows } from './certain-query.ts';
import type { Pool } from './database.ts';

export type Missing = {
  readonly kind: 'online' | 'batch';
  /** Of a batch. */
  readonly batchId: string | null;
  /** Ballots or rows. */
  readonly expected: number;
  readonly present: number;
};

const missingColumns = 'kind, batch_id as "batchId", expected, present';

/**
 * What is missing in the box, given the number of ballots cast online and all batches that are not accepted incomplete.
 */
export async function missingInBox(pool: Pool, electionId: string, online: number): Promise<Missing[]> {
  const { rows } = await pool.query<Missing>(`select ${missingColumns} from pv.missing_in_box($1, $2)`, [
    electionId,
    online,
  ]);
  return rows;
}

/** Closes the box permanently if nothing is missing; returns what is missing. May be repeated. */
export async function closeBox(pool: Pool, electionId: string, online: number): Promise<Missing[]> {
  return certainRows<Missing>(pool, {
    text: `select ${missingColumns} from pv.close_box($1, $2)`,
    values: [electionId, online],
  });
}

export type BatchTotals = {
  readonly files: number;
  /** Rows that arrived: valid, duplicates and invalid numbers together. */
  readonly received: number;
  readonly valid: number;
  readonly duplicates: number;
  readonly invalidNumbers: number;
  /** Rows that never arrived. */
  readonly missing: number;
};

export async function countBatches(pool: Pool, electionId: string): Promise<BatchTotals> {
  const { rows } = await pool.query<BatchTotals>(
    `select files, received, valid, duplicates, invalid_numbers as "invalidNumbers", missing
     from pv.count_batches($1)`,
    [electionId],
  );
  const [row] = rows;
  if (!row) throw new Error('the database gave no answer');
  return row;
}

export type StoredLedgerBatch = {
  /** The order of arrival in the ledger. */
  readonly number: number;
  readonly batchId: string;
  readonly official: string;
  readonly acceptedAtMs: number;
  readonly rows: number;
  readonly checked: number;
  readonly valid: number;
  readonly duplicates: number;
  readonly invalidNumbers: number;
  readonly setAsideReason: string | null;
  readonly setAsideBy: string | null;
  readonly setAsideAtMs: number | null;
};

/** At most `limit` batches after a number, in order; or the one that is named. */
export async function listLedger(
  pool: Pool,
  electionId: string,
  page: { readonly batchId?: string; readonly after: number; readonly limit: number },
): Promise<StoredLedgerBatch[]> {
  const { rows } = await pool.query<StoredLedgerBatch>(
    `select batch_no as number, batch_id as "batchId", official, accepted_at_ms as "acceptedAtMs", row_count as rows,
       checked, valid, duplicates, invalid_numbers as "invalidNumbers", set_aside_reason as "setAsideReason",
       set_aside_by as "setAsideBy", set_aside_at_ms as "setAsideAtMs"
     from pv.list_ledger($1, $2, $3, $4)`,
    [electionId, page.batchId ?? null, page.after, page.limit],
  );
  return rows;
}

export type SetAside = 'set-aside' | 'already' | 'whole' | 'closed' | 'not-found';

/** Accepts a batch as incomplete, with the reason and the author. */
export async function setAsideBatch(
  pool: Pool,
  batch: { readonly electionId: string; readonly batchId: string; readonly reason: string; readonly by: string },
): Promise<SetAside> {
  const [row] = await certainRows<{ outcome: SetAside }>(pool, {
    text: 'select pv.set_aside_batch($1, $2, $3, $4) as outcome',
    values: [batch.electionId, batch.batchId, batch.reason, batch.by],
  });
  if (!row) throw new Error('the database gave no answer');
  return row.outcome;
}

/** A row of a batch, by the batch's number and its own. */
export type RowPlace = { readonly batch: number; readonly row: number };
export type StoredInvalidRow = {
  readonly batchNumber: number;
  readonly batchId: string;
  readonly official: string;
  readonly row: number;
  readonly guid: string;
  readonly reason: 'Duplicate ballot.' | 'Invalid poll number.';
  readonly contestId: string | null;
  readonly firstBatchId: string | null;
  readonly firstRow: number | null;
  /** Another than the row's own where ballot ids are used once in all elections. */
  readonly firstElectionId: string | null;
  /** The marked numbers as they were sent; null until the box is closed. */
  readonly cells: string | null;
};

/** At most `limit` rows that do not count, after a place, in order. */
export async function listInvalidBallots(
  pool: Pool,
  electionId: string,
  after: RowPlace,
  limit: number,
): Promise<StoredInvalidRow[]> {
  const { rows } = await pool.query<StoredInvalidRow>(
    `select batch_no as "batchNumber", batch_id as "batchId", official, row_no as row, guid, reason,
       contest_id as "contestId", first_batch as "firstBatchId", first_row_no as "firstRow", cells,
       first_election as "firstElectionId"
     from pv.list_invalid_ballots($1, $2, $3, $4)`,
    [electionId, after.batch, after.row, limit],
  );
  return rows;
}
