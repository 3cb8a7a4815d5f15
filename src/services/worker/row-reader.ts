// Reads the rows of an upload for the ledger: from Redis, verified, and judged by the election's contests. Unsigned
// chunks are dead-lettered. Rows after a gap are skipped, so the upload ends before its last row. The content of a row
// is never logged.
import { hash } from 'node:crypto';
import { judgeCells } from '../../domain/batch-row.ts';
import type { CellsVerdict } from '../../domain/batch-row.ts';
import type { Contest } from '../../domain/election.ts';
import { paperTrackerText } from '../../protocol/control/batch-entries.ts';
import type { SetApartReason } from '../../protocol/control/batch-entries.ts';
import type { BatchRows, LedgerBatch, RowKind } from '../../store/batches.ts';
import type { PaperEntry } from './entries.ts';
import type { QueuedUpload, StreamEntry, UploadReader } from './upload-queue.ts';
import { readChunk } from './verify-upload.ts';
import type { UploadKeys } from './verify-upload.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** Chunks of one deposit. */
const chunksAtOnce = 20;
/** Distinct rows whose verdicts are cached. */
const verdictsMax = 20_000;
/** Length of a GUID in its canonical spelling. */
const guidCharacters = 36;
const trackerBytes = 32;

/** One or more consecutive rows. */
export type RowPart = { readonly firstRow: number; readonly rows: readonly string[]; readonly ledgerRows: BatchRows };

export type RowReader = {
  /** The next rows from a row on; null if there are no more. */
  read(firstRow: number): Promise<RowPart | null>;
  /** The same part without the rows before a row, if another worker stored them meanwhile; null if none remain. */
  fit(part: RowPart | null, firstRow: number): RowPart | null;
  /** Why a chunk was dead-lettered, or null. */
  rejection(): SetApartReason | null;
};

export function createRowReader(parts: {
  readonly queue: UploadReader;
  readonly keys: UploadKeys;
  readonly metrics: WorkerMetrics;
  readonly upload: QueuedUpload;
  readonly batch: LedgerBatch;
  readonly contests: readonly Contest[];
  /** Null in an election without a public log. */
  readonly entryOf: PaperEntry | null;
  /** Id of the entry before the first chunk. */
  readonly afterEntry: string;
}): RowReader {
  const { queue, keys, metrics, upload, batch } = parts;
  const { entryOf } = parts;
  const judge = createJudge(parts.contests);
  let after = parts.afterEntry;
  let rejection: SetApartReason | null = null;

  const rowsOf = async (entries: readonly StreamEntry[], firstRow: number): Promise<string[]> => {
    const rows: string[] = [];
    for (const { fields } of entries) {
      const chunk = readChunk(keys, upload.batch, fields);
      const next = firstRow + rows.length;
      if (!chunk || chunk.firstRow + chunk.rows.length - 1 > batch.rows) {
        rejection = 'chunk';
        metrics.deadLettered.inc({ reason: rejection });
        await queue.deadLetter(upload, rejection, next);
      } else if (chunk.firstRow <= next) {
        // After a loss a file is sent again from its beginning. Rows that are already stored are skipped.
        for (const row of chunk.rows.slice(next - chunk.firstRow)) rows.push(row);
      }
    }
    return rows;
  };
  const partOf = (firstRow: number, rows: readonly string[]): RowPart => {
    return { firstRow, rows, ledgerRows: ledgerRowsOf({ judge, entryOf }, batch, firstRow, rows) };
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
      if (firstRow < part.firstRow) throw new Error('the ledger has fewer rows than before');
      const rows = part.rows.slice(firstRow - part.firstRow);
      return rows.length === 0 ? null : partOf(firstRow, rows);
    },
    rejection: () => rejection,
  };
}

type Judge = (cells: string) => CellsVerdict;

/** The ledger's form of rows: the id of each, and the cells of identical rows once. */
function ledgerRowsOf(
  { judge, entryOf }: { readonly judge: Judge; readonly entryOf: PaperEntry | null },
  batch: LedgerBatch,
  firstRow: number,
  rows: readonly string[],
): BatchRows {
  const { batchId, electionId } = batch;
  const places = new Map<string, number>();
  const kinds: RowKind[] = [];
  const guids = [];
  const trackers = [];
  const which = [];
  const entries: (Uint8Array | null)[] = [];
  // One buffer for all: many small ones would cost the garbage collector more than the hashes cost.
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
    const tracker = hashes.subarray(at, at + trackerBytes);
    trackers.push(tracker);
    which.push(place);
    const ballot = kinds[place - 1]?.ballot ?? null;
    if (entryOf) entries.push(ballot === null ? null : entryOf(tracker, ballot));
  }
  return { batchId, firstRow, guids, trackers, kinds, which, ...(entryOf && { entries }) };
}

const kindOf = (cells: string, verdict: CellsVerdict): RowKind =>
  verdict.valid
    ? { cells, ballot: verdict.ballot, contestId: null }
    : { cells, ballot: null, contestId: verdict.contestId };

function createJudge(contests: readonly Contest[]): Judge {
  const verdicts = new Map<string, CellsVerdict>();
  return (cells) => {
    let verdict = verdicts.get(cells);
    if (verdict === undefined) {
      if (verdicts.size >= verdictsMax) verdicts.clear();
      verdict = judgeCells(contests, cells);
      verdicts.set(cells, verdict);
    }
    return verdict;
  };
}
