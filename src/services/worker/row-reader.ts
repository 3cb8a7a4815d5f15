// The rows of an upload as they are deposited: read from Redis, verified, judged by the election's contests, and put into
// the form that the ledger takes. What is not signed is set apart; a gap is passed over, and ends the upload before its
// last row. What a row says is never logged.
import { hash } from 'node:crypto';
import { judgeCells } from '../../domain/batch-row.ts';
import type { CellsVerdict } from '../../domain/batch-row.ts';
import type { Contest } from '../../domain/election.ts';
import { paperTrackerText } from '../../protocol/control/batch-entries.ts';
import type { SetApartReason } from '../../protocol/control/batch-entries.ts';
import type { BatchRows, LedgerBatch, RowKind } from '../../store/batches.ts';
import type { QueuedUpload, StreamEntry, UploadReader } from './upload-queue.ts';
import { readChunk } from './verify-upload.ts';
import type { UploadKeys } from './verify-upload.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** Chunks of one deposit. */
const chunksAtOnce = 20;
/** Different rows whose verdicts are remembered. */
const verdictsMax = 20_000;
/** Of a GUID in its one spelling. */
const guidCharacters = 36;
const trackerBytes = 32;

/** Rows that follow one another, at least one. */
export type RowPart = { readonly firstRow: number; readonly rows: readonly string[]; readonly ledgerRows: BatchRows };

export type RowReader = {
  /** The next rows from a row on; null at the end of what arrived. */
  read(firstRow: number): Promise<RowPart | null>;
  /** The same part without the rows before a row, where another worker did them meanwhile. */
  fit(part: RowPart | null, firstRow: number): RowPart | null;
  /** Why something was set apart, or null. */
  refused(): SetApartReason | null;
};

export function createRowReader(parts: {
  readonly queue: UploadReader;
  readonly keys: UploadKeys;
  readonly metrics: WorkerMetrics;
  readonly upload: QueuedUpload;
  readonly batch: LedgerBatch;
  readonly contests: readonly Contest[];
  /** The entry after which the chunks begin. */
  readonly afterEntry: string;
}): RowReader {
  const { queue, keys, metrics, upload, batch } = parts;
  const judge = createJudge(parts.contests);
  let after = parts.afterEntry;
  let refused: SetApartReason | null = null;

  const rowsOf = async (entries: readonly StreamEntry[], firstRow: number): Promise<string[]> => {
    const rows: string[] = [];
    for (const { fields } of entries) {
      const chunk = readChunk(keys, upload.batch, fields);
      const next = firstRow + rows.length;
      if (!chunk || chunk.firstRow + chunk.rows.length - 1 > batch.rows) {
        refused = 'chunk';
        metrics.setApart.inc({ reason: refused });
        await queue.setApart(upload, refused, next);
      } else if (chunk.firstRow <= next) {
        // After a loss a file is sent again from its beginning: what was done is passed over.
        for (const row of chunk.rows.slice(next - chunk.firstRow)) rows.push(row);
      }
    }
    return rows;
  };
  const partOf = (firstRow: number, rows: readonly string[]): RowPart => {
    return { firstRow, rows, ledgerRows: ledgerRowsOf(judge, batch, firstRow, rows) };
  };
  return {
    async read(firstRow) {
      for (;;) {
        const entries = await queue.entries(upload.upload, after, chunksAtOnce);
        const last = entries.at(-1);
        if (!last) return null;
        after = last.id;
        const rows = await rowsOf(entries, firstRow);
        if (rows.length > 0) return partOf(firstRow, rows);
      }
    },
    fit(part, firstRow) {
      if (part === null || part.firstRow === firstRow) return part;
      if (firstRow < part.firstRow) throw new Error('the ledger has fewer rows than it had');
      const rows = part.rows.slice(firstRow - part.firstRow);
      return rows.length === 0 ? null : partOf(firstRow, rows);
    },
    refused: () => refused,
  };
}

type Judge = (cells: string) => CellsVerdict;

/** What the ledger is told of rows: their ids, and once for all that are marked alike what they say. */
function ledgerRowsOf(judge: Judge, batch: LedgerBatch, firstRow: number, rows: readonly string[]): BatchRows {
  const { batchId, electionId } = batch;
  const places = new Map<string, number>();
  const kinds: RowKind[] = [];
  const guids = [];
  const trackers = [];
  const which = [];
  // One piece of memory for all: a small one for each would cost the collector more than the hashes cost.
  const hashes = Buffer.alloc(rows.length * trackerBytes);
  for (const [index, row] of rows.entries()) {
    const guid = row.slice(0, guidCharacters);
    const cells = row.slice(guidCharacters + 1);
    let place = places.get(cells);
    if (place === undefined) {
      place = kinds.push(kindOf(cells, judge(cells)));
      places.set(cells, place);
    }
    guids.push(guid);
    const at = index * trackerBytes;
    hashes.write(hash('sha256', paperTrackerText(electionId, guid), 'binary'), at, 'latin1');
    trackers.push(hashes.subarray(at, at + trackerBytes));
    which.push(place);
  }
  return { batchId, firstRow, guids, trackers, kinds, which };
}

const kindOf = (cells: string, verdict: CellsVerdict): RowKind =>
  verdict.valid
    ? { cells, ballot: verdict.ballot, contestId: null }
    : { cells, ballot: null, contestId: verdict.contestId };

function createJudge(contests: readonly Contest[]): Judge {
  const known = new Map<string, CellsVerdict>();
  return (cells) => {
    let verdict = known.get(cells);
    if (verdict === undefined) {
      if (known.size >= verdictsMax) known.clear();
      verdict = judgeCells(contests, cells);
      known.set(cells, verdict);
    }
    return verdict;
  };
}
