// The ledger of batches as `elections` reads it: the files, what is missing of them, which rows do not count and why.
// The choice of a row is never returned; that of an invalid one only after the box is closed.
import { certainRows } from './certain-query.ts';
import type { Pool } from './database.ts';

export type Missing = {
  /**
   * `statement`: that the intake is closed with so many voters; `present` is the number that was stated, or 0.
   * `confirmation`: a batch waits for its second official. `count`: other ballots are there than were counted when stored.
   * `entry`: ballots do not fit their entries in the public log.
   */
  readonly kind: 'online' | 'count' | 'batch' | 'statement' | 'confirmation' | 'entry';
  /** Of a batch. */
  readonly batchId: string | null;
  /** Ballots or rows. */
  readonly expected: number;
  readonly present: number;
};

const missingColumns = 'kind, batch_id as "batchId", expected, present';

/**
 * What is missing in the box: ballots that were cast online, rows of batches that are not accepted incomplete, and the
 * statement that the intake is closed.
 */
export async function missingInBox(pool: Pool, electionId: string, online: number): Promise<Missing[]> {
  const { rows } = await pool.query<Missing>(`select ${missingColumns} from pv.missing_in_box($1, $2)`, [
    electionId,
    online,
  ]);
  return rows;
}

/** A file of which rows are missing. */
export type IncompleteBatch = { readonly batchId: string; readonly expected: number; readonly present: number };

/** The files of which rows are missing, without those that were accepted as incomplete or withdrawn. */
export async function incompleteBatches(pool: Pool, electionId: string): Promise<IncompleteBatch[]> {
  const { rows } = await pool.query<IncompleteBatch>(
    'select batch_id as "batchId", expected, present from pv.incomplete_batches($1)',
    [electionId],
  );
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
  /** Rows that arrived: valid, duplicates, invalid numbers and withdrawn together. */
  readonly received: number;
  readonly valid: number;
  readonly duplicates: number;
  readonly invalidNumbers: number;
  /** Rows that never arrived, of files that are not withdrawn. */
  readonly missing: number;
  /** Rows that arrived in files that were withdrawn. */
  readonly withdrawn: number;
};

export async function countBatches(pool: Pool, electionId: string): Promise<BatchTotals> {
  const { rows } = await pool.query<BatchTotals>(
    `select files, received, valid, duplicates, invalid_numbers as "invalidNumbers", missing, withdrawn
     from pv.count_batches($1)`,
    [electionId],
  );
  const [row] = rows;
  if (!row) throw new Error('the database gave no answer');
  return row;
}

/** An upload of a file. Of a withdrawn one: checked = withdrawn. */
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
  /** How often the file was withdrawn before this upload. */
  readonly again: number;
  readonly withdrawn: number;
  readonly withdrawnReason: string | null;
  readonly withdrawnBy: string | null;
  readonly withdrawnAtMs: number | null;
  readonly station: string | null;
  readonly needsConfirmation: boolean;
  readonly confirmedBy: string | null;
  readonly confirmedAtMs: number | null;
};

/**
 * At most `limit` uploads after a number, in order; or the last one of the file that is named. `waiting`: only those that
 * wait for a confirmation.
 */
export async function listLedger(
  pool: Pool,
  electionId: string,
  page: { readonly batchId?: string; readonly after: number; readonly limit: number; readonly waiting?: boolean },
): Promise<StoredLedgerBatch[]> {
  const { rows } = await pool.query<StoredLedgerBatch>(
    `select batch_no as number, batch_id as "batchId", official, accepted_at_ms as "acceptedAtMs", row_count as rows,
       checked, valid, duplicates, invalid_numbers as "invalidNumbers", set_aside_reason as "setAsideReason",
       set_aside_by as "setAsideBy", set_aside_at_ms as "setAsideAtMs", again, withdrawn,
       withdrawn_reason as "withdrawnReason", withdrawn_by as "withdrawnBy", withdrawn_at_ms as "withdrawnAtMs", station, needs_confirmation as "needsConfirmation",
       confirmed_by as "confirmedBy", confirmed_at_ms as "confirmedAtMs"
     from pv.list_ledger($1, $2, $3, $4, $5)`,
    [electionId, page.batchId ?? null, page.after, page.limit, page.waiting ?? false],
  );
  return rows;
}

export type SetAside = 'set-aside' | 'already' | 'whole' | 'withdrawn' | 'closed' | 'not-found';

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

/** Rows of another batch that are duplicates of rows of a batch. */
export type NeededBy = { readonly batchId: string; readonly electionId: string; readonly rows: number };
export type Withdrawal =
  | { readonly outcome: 'withdrawn' | 'already' | 'closed' | 'not-own' | 'confirmed' | 'not-found' }
  /** These have to be withdrawn first; at most 100 are named. */
  | { readonly outcome: 'needed'; readonly by: readonly NeededBy[] };

/**
 * Withdraws the last upload of a file: none of its rows counts, its ballot ids are free, and the file may be uploaded
 * again. `official`: only a batch of this official that is not confirmed; null: any batch. Waits until running deposits
 * of the election end.
 */
export async function withdrawBatch(
  pool: Pool,
  batch: {
    readonly electionId: string;
    readonly batchId: string;
    readonly official: string | null;
    readonly reason: string;
    readonly by: string;
  },
): Promise<Withdrawal> {
  type Row = { outcome: Withdrawal['outcome'] } & NeededBy;
  const rows = await certainRows<Row>(pool, {
    text: `select outcome, needed_by as "batchId", needed_election as "electionId", needed_rows as rows
     from pv.withdraw_batch($1, $2, $3, $4, $5)`,
    values: [batch.electionId, batch.batchId, batch.official, batch.reason, batch.by],
  });
  const [first] = rows;
  if (!first) throw new Error('the database gave no answer');
  if (first.outcome !== 'needed') return { outcome: first.outcome };
  return {
    outcome: 'needed',
    by: rows.map(({ batchId, electionId, rows: count }) => ({ batchId, electionId, rows: count })),
  };
}

/** A row of a batch, by the batch's number and its own. */
export type RowPlace = { readonly batch: number; readonly row: number };
export type StoredInvalidRow = {
  readonly batchNumber: number;
  readonly batchId: string;
  readonly official: string;
  readonly row: number;
  readonly guid: string;
  readonly reason: 'Duplicate ballot.' | 'Invalid poll number.' | 'Withdrawn batch.';
  readonly contestId: string | null;
  readonly firstBatchId: string | null;
  readonly firstRow: number | null;
  /** Another than the row's own where ballot ids are used once in all elections. */
  readonly firstElectionId: string | null;
  /** The marked numbers as they were sent; null until the box is closed, and where `ballot` has them. */
  readonly cells: string | null;
  /** The canonical text of a withdrawn ballot; null until the box is closed. */
  readonly ballot: string | null;
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
       first_election as "firstElectionId", ballot
     from pv.list_invalid_ballots($1, $2, $3, $4)`,
    [electionId, after.batch, after.row, limit],
  );
  return rows;
}
