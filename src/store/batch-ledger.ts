// The ledger of batches as `elections` reads it, for turnout.
import { batchColumns } from './batches.ts';
import type { LedgerBatch } from './batches.ts';
import type { Pool } from './database.ts';

/** The files of an election that are not withdrawn, in the order of their arrival in the ledger. */
export async function listBatches(pool: Pool, electionId: string): Promise<LedgerBatch[]> {
  const { rows } = await pool.query<LedgerBatch>({
    text: `select ${batchColumns} from pv.list_batches($1)`,
    values: [electionId],
  });
  return rows;
}

/** received = checked + what is missing; checked = valid + invalid; invalid = duplicates + invalidNumbers. */
export type BatchRowCounts = {
  readonly files: number;
  readonly received: number;
  readonly checked: number;
  readonly valid: number;
  readonly invalid: number;
  readonly duplicates: number;
  readonly invalidNumbers: number;
};

/** Counts over the files of an election that are not withdrawn, at one moment. */
export async function countBatchRows(pool: Pool, electionId: string): Promise<BatchRowCounts> {
  const batches = await listBatches(pool, electionId);
  const sum = (of: (batch: LedgerBatch) => number): number => batches.reduce((total, batch) => total + of(batch), 0);
  const duplicates = sum((batch) => batch.duplicates);
  const invalidNumbers = sum((batch) => batch.invalidNumbers);
  return {
    files: batches.length,
    received: sum(({ rows }) => rows),
    checked: sum(({ checked }) => checked),
    valid: sum(({ valid }) => valid),
    invalid: duplicates + invalidNumbers,
    duplicates,
    invalidNumbers,
  };
}
