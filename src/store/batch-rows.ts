// The batches of a closed box as `elections` verifies them: each manifest as `officials` signed it, and every stored row.
import { readByCursor } from './cursor.ts';
import type { Pool } from './database.ts';

/** Rows of one page: some hundred bytes each. Two pages are in memory at once. */
const pageRowsMax = 5_000;

export type BatchToVerify = {
  readonly number: number;
  readonly batchId: string;
  readonly again: number;
  readonly official: string;
  readonly rows: number;
  /** Rows that are stored. */
  readonly checked: number;
  /** JSON with the signature. */
  readonly manifest: string;
  readonly station: string | null;
  /** By a second official. */
  readonly isConfirmed: boolean;
};

/** The next batch of an election after a number, without those that were withdrawn. */
export async function nextBatchToVerify(pool: Pool, electionId: string, after: number): Promise<BatchToVerify | null> {
  const { rows } = await pool.query<BatchToVerify>(
    `select batch_no as number, batch_id as "batchId", again, official, row_count as rows, checked, manifest, station,
       is_confirmed as "isConfirmed"
     from pv.next_batch_to_verify($1, $2)`,
    [electionId, after],
  );
  return rows[0] ?? null;
}

export type BatchRow = {
  readonly row: number;
  readonly guid: string;
  /** The canonical text of a ballot that counts. */
  readonly ballot: string | null;
  /** The cells of a row that does not count. */
  readonly cells: string | null;
  readonly reason: string | null;
};

/** Passes every stored row of a batch once, in order. The box must be closed. */
export async function readBatchRows(pool: Pool, batchNumber: number, take: (row: BatchRow) => void): Promise<void> {
  const text = 'select row_no, guid, ballot, cells, reason from pv.batch_rows($1)';
  await readByCursor(pool, { text, values: [batchNumber], pageRows: pageRowsMax }, (columns) => {
    type Columns = [number, string, string | null, string | null, string | null];
    const [row, guid, ballot, cells, reason] = columns as Columns;
    take({ row, guid, ballot, cells, reason });
  });
}
