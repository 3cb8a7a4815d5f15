// The ledger of batches of paper ballots, as `worker` writes it: what arrived, and the outcome of every row, in the
// same transaction as the ballots. Every statement may be repeated. Recorded rows are never changed.
import { byteaArray, int4Array, uuidArray } from './binary-array.ts';
import { certainRows, sqlState } from './certain-query.ts';
import type { Pool } from './database.ts';

/** checked = valid + duplicates + invalidNumbers, at one moment. */
export type StoredBatchCounts = {
  readonly checked: number;
  readonly valid: number;
  readonly duplicates: number;
  readonly invalidNumbers: number;
};
export type LedgerBatch = StoredBatchCounts & {
  /** The order of arrival in the ledger. */
  readonly batchNo: number;
  readonly batchId: string;
  readonly electionId: string;
  readonly rows: number;
  readonly official: string;
  readonly acceptedAt: Date;
};

/** The box of the election is closed: nothing is added any more. */
export class BoxClosed extends Error {
  constructor() {
    super('the box is closed');
    this.name = 'BoxClosed';
  }
}

const countColumns = 'checked, valid, duplicates, invalid_numbers as "invalidNumbers"';
/** Columns of a `LedgerBatch`, for the functions that return one. */
export const batchColumns =
  'batch_no as "batchNo", batch_id as "batchId", election_id as "electionId", row_count as rows, official, ' +
  `accepted_at as "acceptedAt", ${countColumns}`;

export type NewBatch = {
  readonly batchId: string;
  readonly electionId: string;
  readonly rows: number;
  readonly official: string;
  readonly acceptedAt: string;
  /** JSON as it was signed. */
  readonly manifest: string;
};

/** Adds a file to the ledger; false where it was there already. Throws BoxClosed. */
export async function registerBatch(pool: Pool, batch: NewBatch): Promise<boolean> {
  const { batchId, electionId, rows, official, acceptedAt, manifest } = batch;
  return closedBox(async () => {
    const [row] = await certainRows<{ registered: boolean }>(pool, {
      text: 'select pv.register_batch($1, $2, $3, $4, $5, $6) as registered',
      values: [batchId, electionId, rows, official, acceptedAt, manifest],
    });
    return row?.registered ?? false;
  });
}

export async function findBatch(
  pool: Pool,
  batchId: string,
): Promise<(LedgerBatch & { readonly manifest: string }) | null> {
  const { rows } = await pool.query<LedgerBatch & { manifest: string }>({
    text: `select manifest, ${batchColumns} from pv.find_batch($1)`,
    values: [batchId],
  });
  return rows[0] ?? null;
}

/** Every unfinished file and the `newest` others, in the order of the ledger, after a number. */
export async function recentBatches(
  pool: Pool,
  page: { readonly newest: number; readonly after: number; readonly limit: number },
): Promise<LedgerBatch[]> {
  const { rows } = await pool.query<LedgerBatch>({
    text: `select ${batchColumns} from pv.recent_batches($1, $2, $3)`,
    values: [page.newest, page.after, page.limit],
  });
  return rows;
}

/** The contents of rows, once for all equal rows: a ballot's canonical JSON, or the contest with the invalid number. */
export type RowKind = { readonly cells: string } & (
  { readonly ballot: string; readonly contestId: null } | { readonly ballot: null; readonly contestId: string }
);
export type BatchRows = {
  readonly batchId: string;
  /** The number of the first row; the others follow it. */
  readonly firstRow: number;
  readonly guids: readonly string[];
  readonly trackers: readonly Buffer[];
  readonly kinds: readonly RowKind[];
  /** For each row the place of its kind, from 1. */
  readonly which: readonly number[];
};

/** Claims the ids of all rows that are stored, for `depositRows` with `idsEverywhere`. Returns how many were not. */
export async function claimBallotIds(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ claimed: number }>('select pv.claim_ballot_ids() as claimed');
  return rows[0]?.claimed ?? 0;
}

/**
 * Inserts the next rows of a file, all or none. `deposited` is false where the first row is not the next one: `checked`
 * says how far the file is. `idsEverywhere`: a ballot id of another election is a duplicate. Throws BoxClosed.
 */
export async function depositRows(
  pool: Pool,
  rows: BatchRows,
  { idsEverywhere = false } = {},
): Promise<StoredBatchCounts & { readonly deposited: boolean }> {
  const { batchId, firstRow, guids, trackers, kinds, which } = rows;
  return closedBox(async () => {
    const [row] = await certainRows<StoredBatchCounts & { deposited: boolean }>(pool, {
      text: `select deposited, ${countColumns} from pv.deposit_batch_rows($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      values: [
        batchId,
        firstRow,
        uuidArray(guids),
        byteaArray(trackers),
        int4Array(which),
        kinds.map(({ cells }) => cells),
        kinds.map(({ ballot }) => ballot),
        kinds.map(({ contestId }) => contestId),
        idsEverywhere,
      ],
    });
    if (!row) throw new Error('a deposit without an answer');
    return row;
  });
}

export type InvalidBatchRow = {
  readonly row: number;
  readonly guid: string;
  readonly cells: string;
  readonly reason: string;
  readonly contestId: string | null;
  /** The first place of a duplicate. */
  readonly firstBatchId: string | null;
  readonly firstRow: number | null;
};
/** Columns of an `InvalidBatchRow`. */
export const invalidColumns =
  'row_no as row, guid, cells, reason, contest_id as "contestId", first_batch as "firstBatchId", ' +
  'first_row_no as "firstRow"';

/** Rows of a file that do not count, in their order, after a row. */
export async function invalidRowsOf(
  pool: Pool,
  batchId: string,
  after: number,
  limit: number,
): Promise<InvalidBatchRow[]> {
  const { rows } = await pool.query<InvalidBatchRow>({
    text: `select ${invalidColumns} from pv.batch_invalid_rows($1, $2, $3)`,
    values: [batchId, after, limit],
  });
  return rows;
}

/** Whether the database refused the data itself, so that a retry would be refused too. */
export function certainlyRefused(error: unknown): boolean {
  return /^(22|23|42|P0|XX)/.test(sqlState(error) ?? '');
}

async function closedBox<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw sqlState(error) === 'PV005' ? new BoxClosed() : error;
  }
}
