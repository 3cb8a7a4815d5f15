// Verifies the paper ballots of a closed box before they are counted: `officials` signed the manifest of each batch, and
// the id in it is the hash of exactly the rows that are stored. So a row that no official sent cannot be counted, and no
// row that one sent is counted in another way. Errors never quote a row.
import { createHash } from 'node:crypto';
import { batchIdPrefix, cellsOf, judgeCells } from '../../../domain/batch-row.ts';
import type { Contest } from '../../../domain/election.ts';
import { parseJson } from '../../../platform/json.ts';
import { valueIsSigned } from '../../../platform/keys/signatures.ts';
import type { VerificationKeys } from '../../../platform/keys/signatures.ts';
import { manifest as manifestSchema, signedManifest } from '../../../protocol/control/batch-entries.ts';
import type { ElectionDefinition } from '../../../protocol/public-document.ts';
import { nextBatchToVerify, readBatchRows } from '../../../store/batch-rows.ts';
import type { BatchRow, BatchToVerify } from '../../../store/batch-rows.ts';
import type { Pool } from '../../../store/database.ts';
import { createBallotReader } from './ballot-reader.ts';

/** Distinct ballots whose cells are in memory. */
const cellsKeptMax = 20_000;

/** The rows or the manifest of a batch are not those that `officials` signed. */
export class BatchNotSigned extends Error {
  constructor(batchId: string, what: string) {
    super(`Batch ${batchId}: ${what}.`);
    this.name = 'BatchNotSigned';
  }
}

export type VerifiedBatches = {
  /** Stored ballots of all batches. */
  readonly ballots: number;
  /** Batches that were accepted without all rows. Their manifests are verified, and their rows cannot be. */
  readonly incomplete: readonly string[];
};

/** Verifies all batches that are not withdrawn. Throws `BatchNotSigned`. */
export async function verifyBatches(
  { boxPool, batchSigners }: { readonly boxPool: Pool; readonly batchSigners: VerificationKeys },
  { id, contests, paper }: Pick<ElectionDefinition, 'id' | 'contests' | 'paper'>,
): Promise<VerifiedBatches> {
  const cellsOfBallot = createCells(contests);
  const incomplete: string[] = [];
  let ballots = 0;
  let batch = await nextBatchToVerify(boxPool, id, 0);
  for (; batch !== null; batch = await nextBatchToVerify(boxPool, id, batch.number)) {
    const { batchId, number, station } = batch;
    if (!isManifestSigned(batchSigners, id, batch)) throw new BatchNotSigned(batchId, 'officials did not sign it');
    // `worker` writes in the ledger whether a confirmation is needed.
    if (paper?.confirmation === true && !batch.isConfirmed)
      throw new BatchNotSigned(batchId, 'no second official confirmed it');
    const hash = createHash('sha256').update(batchIdPrefix(id, station));
    await readBatchRows(boxPool, number, (row) => {
      if (row.ballot !== null) ballots += 1;
      const cells = row.ballot === null ? row.cells : cellsOfBallot(row.ballot);
      if (cells === null || isWrongReason(contests, row))
        throw new BatchNotSigned(batchId, 'a row has another content');
      hash.update(`${row.guid},${cells}\n`);
    });
    if (batch.checked < batch.rows) incomplete.push(batchId);
    else if (hash.digest('base64url') !== batchId) throw new BatchNotSigned(batchId, 'its rows are others');
  }
  return { ballots, incomplete };
}

/** The document of the election in a manifest was verified when the batch came, and its form may be an earlier one. */
const signedBatch = signedManifest.extend({
  manifest: manifestSchema
    .pick({ batchId: true, electionId: true, rows: true, official: true, again: true, station: true })
    .loose(),
});

function isManifestSigned(signers: VerificationKeys, electionId: string, batch: BatchToVerify): boolean {
  const raw = parseJson(batch.manifest);
  const { data } = signedBatch.safeParse(raw);
  if (!data) return false;
  const { manifest, signature } = data;
  const isOfBatch =
    manifest.batchId === batch.batchId &&
    manifest.electionId === electionId &&
    manifest.rows === batch.rows &&
    manifest.official === batch.official &&
    (manifest.again ?? 0) === batch.again &&
    (manifest.station ?? null) === batch.station;
  return isOfBatch && valueIsSigned(signers, (raw as { manifest: unknown }).manifest, signature);
}

/** A row with valid numbers that is stored as one with a wrong number. The database itself finds duplicates. */
const isWrongReason = (contests: readonly Contest[], { cells, reason }: BatchRow): boolean =>
  reason === 'Invalid poll number.' && judgeCells(contests, cells ?? '').valid;

/** The cells of a row by the canonical text of its ballot: numbers in their order, as a row is normalised. */
function createCells(contests: readonly Contest[]): (ballot: string) => string {
  const read = createBallotReader(contests);
  const cellsByBallot = new Map<string, string>();
  const ascending = (cell: string): string =>
    cell
      .split('+')
      .sort((a, b) => Number(a) - Number(b))
      .join('+');
  return (ballot) => {
    const existing = cellsByBallot.get(ballot);
    if (existing !== undefined) return existing;
    const cells = cellsOf(contests, read(ballot)).split(',').map(ascending).join(',');
    if (cellsByBallot.size >= cellsKeptMax) cellsByBallot.clear();
    cellsByBallot.set(ballot, cells);
    return cells;
  };
}
