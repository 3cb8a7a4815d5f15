// The ledger of batches of paper ballots, as `worker` writes it: what arrived, and the outcome of every row, in the
// same transaction as the ballots. Every statement may be repeated. Recorded rows are never changed: a withdrawal moves
// them to tables of their own (`ledger.ts`).
import { byteaArray, int4Array, uuidArray } from './binary-array.ts';
import { certainRows, sqlState } from './certain-query.ts';
import type { Pool } from './database.ts';

/** checked = valid + duplicates + invalidNumbers, at one moment; or only checked, until the batch is confirmed. */
export type StoredBatchCounts = {
  readonly checked: number;
  readonly valid: number;
  readonly duplicates: number;
  readonly invalidNumbers: number;
};
/** Of a withdrawn batch: checked = withdrawn, and nothing else counts. */
export type LedgerBatch = StoredBatchCounts & {
  /** The order of arrival in the ledger. */
  readonly batchNo: number;
  readonly batchId: string;
  /** How often the file was withdrawn before this upload. */
  readonly again: number;
  /** Stored rows that were withdrawn. */
  readonly withdrawn: number;
  /** The three of a withdrawal, or null. */
  readonly withdrawnReason: string | null;
  readonly withdrawnBy: string | null;
  readonly withdrawnAt: Date | null;
  /** Where its ballots were counted by hand; null in an election without stations. */
  readonly station: string | null;
  /** Its rows count only after a second official confirmed them. */
  readonly needsConfirmation: boolean;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Date | null;
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

/** The batch is withdrawn: none of its rows is stored any more. */
export class BatchWithdrawn extends Error {
  constructor() {
    super('the batch is withdrawn');
    this.name = 'BatchWithdrawn';
  }
}

const countColumns = 'checked, valid, duplicates, invalid_numbers as "invalidNumbers"';
/** Columns of a `LedgerBatch`, for the functions that return one. */
export const batchColumns =
  'batch_no as "batchNo", batch_id as "batchId", again, election_id as "electionId", row_count as rows, official, ' +
  `accepted_at as "acceptedAt", ${countColumns}, withdrawn, withdrawn_reason as "withdrawnReason", ` +
  'withdrawn_by as "withdrawnBy", withdrawn_at as "withdrawnAt", station, needs_confirmation as "needsConfirmation", ' +
  'confirmed_by as "confirmedBy", confirmed_at as "confirmedAt"';

export type NewBatch = {
  readonly batchId: string;
  /** How often the file was withdrawn before, as its official knew; 0 by default. */
  readonly again?: number;
  readonly electionId: string;
  readonly rows: number;
  readonly official: string;
  readonly acceptedAt: string;
  /** JSON as it was signed. */
  readonly manifest: string;
  /** Null by default. */
  readonly station?: string | null;
  /** False by default. */
  readonly needsConfirmation?: boolean;
};

/**
 * `known`: this upload was there already. `withdrawn`: it was withdrawn since. `ahead`: it follows a withdrawal that the
 * ledger does not have.
 */
export type Registered = 'registered' | 'known' | 'withdrawn' | 'ahead';

/** Adds an upload of a file to the ledger. Throws BoxClosed. */
export async function registerBatch(pool: Pool, batch: NewBatch): Promise<Registered> {
  const { batchId, again = 0, electionId, rows, official, acceptedAt, manifest } = batch;
  const { station = null, needsConfirmation = false } = batch;
  return refusedByState(async () => {
    const [row] = await certainRows<{ registered: Registered }>(pool, {
      text: 'select pv.register_batch($1, $2, $3, $4, $5, $6, $7, $8, $9) as registered',
      values: [batchId, again, electionId, rows, official, acceptedAt, manifest, station, needsConfirmation],
    });
    if (!row) throw new Error('the database gave no answer');
    return row.registered;
  });
}

/** The last upload of a file. */
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

/** Every unfinished file and the `newest` others, in the order of the ledger, after a number: of each the last upload. */
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

/** At most `limit` files whose last upload people confirmed or withdrew, the last decided first. */
export async function decidedBatches(pool: Pool, limit: number): Promise<LedgerBatch[]> {
  const { rows } = await pool.query<LedgerBatch>({
    text: `select ${batchColumns} from pv.decided_batches($1)`,
    values: [limit],
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
  /** For each row its entry in the public log, or null without a ballot; only in an election with a log. */
  readonly entries?: readonly (Uint8Array | null)[];
};

/** Claims the ids of all rows that are stored, for `depositRows` with `idsEverywhere`. Returns how many were not. */
export async function claimBallotIds(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ claimed: number }>('select pv.claim_ballot_ids() as claimed');
  return rows[0]?.claimed ?? 0;
}

/**
 * Inserts the next rows of a file, all or none. `deposited` is false where the first row is not the next one: `checked`
 * says how far the file is. `idsEverywhere`: a ballot id of another election is a duplicate. Throws BoxClosed
 * and BatchWithdrawn.
 */
export async function depositRows(
  pool: Pool,
  rows: BatchRows,
  { idsEverywhere = false } = {},
): Promise<StoredBatchCounts & { readonly deposited: boolean }> {
  const { batchId, firstRow, guids, trackers, kinds, which, entries } = rows;
  const places = `$1, $2, $3, $4, $5, $6, $7, $8, $9${entries ? ', $10' : ''}`;
  return refusedByState(async () => {
    const [row] = await certainRows<StoredBatchCounts & { deposited: boolean }>(pool, {
      text: `select deposited, ${countColumns} from pv.deposit_batch_rows(${places})`,
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
        ...(entries ? [byteaArray(entries)] : []),
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

async function refusedByState<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (sqlState(error) === 'PV005') throw new BoxClosed();
    throw sqlState(error) === '23PV7' ? new BatchWithdrawn() : error;
  }
}
