// Works on one upload: its rows are verified, judged and deposited in their order, part by part, each part in one
// transaction with its entry in the ledger. Whatever happens in between, the ledger says where to go on, and no row is
// counted twice or lost in silence. What a row says is never logged.
import { hash } from 'node:crypto';
import { judgeCells } from '../domain/batch-row.ts';
import type { CellsVerdict } from '../domain/batch-row.ts';
import type { Contest } from '../domain/election.ts';
import { paperTrackerText } from '../protocol/batch-entries.ts';
import type { SetApartReason } from '../protocol/batch-entries.ts';
import { BoxClosed, depositRows, findBatch, registerBatch } from '../store/batches.ts';
import type { BatchRows, LedgerBatch, RowKind } from '../store/batches.ts';
import type { Pool } from '../store/database.ts';
import type { LedgerViews } from './ledger-views.ts';
import type { QueuedUpload, StreamEntry, UploadQueue } from './upload-queue.ts';
import { acceptedInTime, readChunk, readManifest } from './verify-upload.ts';
import type { UploadKeys, VerifiedManifest } from './verify-upload.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

/** Chunks of one deposit. */
const chunksAtOnce = 20;
/** Different rows whose verdicts are remembered. */
const verdictsMax = 20_000;

export type CheckParts = {
  readonly pool: Pool;
  readonly queue: UploadQueue;
  readonly views: LedgerViews;
  readonly keys: UploadKeys;
  readonly metrics: WorkerMetrics;
};

/** Puts a batch into the ledger unless it stands there. */
export async function register(
  pool: Pool,
  { manifest, text }: VerifiedManifest,
): Promise<'registered' | 'known' | SetApartReason> {
  const known = await findBatch(pool, manifest.batchId);
  // What decided when it was first accepted stands: the same file may come again after the election.
  if (known) return known.electionId === manifest.electionId && known.rows === manifest.rows ? 'known' : 'manifest';
  if (!acceptedInTime(manifest)) return 'election';
  const { batchId, electionId, rows, official, acceptedAt } = manifest;
  try {
    const registered = await registerBatch(pool, { batchId, electionId, rows, official, acceptedAt, manifest: text });
    return registered ? 'registered' : 'known';
  } catch (error) {
    if (error instanceof BoxClosed) return 'closed';
    throw error;
  }
}

/**
 * Works until the rows of the upload are done, or until nothing more of it can be, and says which. `onStep` is called
 * after each part; where it returns false the work is left as it is. Rejects where Redis or the database fail: then the
 * same upload is worked on again.
 */
export async function checkUpload(
  parts: CheckParts,
  upload: QueuedUpload,
  onStep: () => boolean,
): Promise<'done' | 'incomplete' | 'left'> {
  const { pool, queue, views, keys } = parts;
  const [first] = await queue.entries(upload.upload, null, 1);
  const verified = first ? readManifest(keys, upload.batch, first.fields['manifest'] ?? '') : null;
  if (first && !verified) return setApart(parts, upload, 'manifest', 0);
  if (verified) {
    const outcome = await register(pool, verified);
    if (outcome !== 'registered' && outcome !== 'known') return setApart(parts, upload, outcome, 0);
  }
  const batch = await findBatch(pool, upload.batch);
  const ledger = batch && readManifest(keys, batch.batchId, batch.manifest);
  // Its rows were lost, and nobody but the official knows of it.
  if (!batch) return 'incomplete';
  if (!ledger || !first) {
    await views.write(batch);
    return batch.checked === batch.rows ? 'done' : 'incomplete';
  }
  await views.mendInvalidRows(batch);
  await views.write(batch);
  const judge = createJudge(ledger.manifest.document.election.contests);
  return checkRows({ ...parts, judge }, { upload, batch, afterManifest: first.id }, onStep);
}

type Judge = (cells: string) => CellsVerdict;
type Rows = { readonly firstRow: number; readonly rows: readonly string[] };

async function checkRows(
  parts: CheckParts & { readonly judge: Judge },
  work: { readonly upload: QueuedUpload; readonly batch: LedgerBatch; readonly afterManifest: string },
  onStep: () => boolean,
): Promise<'done' | 'incomplete' | 'left'> {
  const { queue } = parts;
  const { upload, afterManifest } = work;
  let { batch } = work;
  let reason: SetApartReason | null = null;
  const next = (after: string): Promise<StreamEntry[]> => queue.entries(upload.upload, after, chunksAtOnce);
  for (let entries = await next(afterManifest); entries.length > 0 && batch.checked < batch.rows;) {
    // The next entries come while the database works on these.
    const following = next(entries.at(-1)?.id ?? afterManifest);
    following.catch(() => undefined);
    const read = await readEntries(parts, upload, batch, entries);
    reason ??= read.refused;
    if (read.rows.length > 0) {
      const deposited = await deposit(parts, batch, { firstRow: batch.checked + 1, rows: read.rows });
      if (deposited === 'closed') return setApart(parts, upload, 'closed', batch.checked + 1);
      batch = deposited;
    }
    if (!onStep()) return 'left';
    entries = await following;
  }
  const done = batch.checked === batch.rows;
  await parts.views.write(batch, done ? null : reason);
  return done ? 'done' : 'incomplete';
}

/** The rows of some entries that are next in the batch, without those that were done; what is not signed is set apart. */
async function readEntries(
  { queue, keys, metrics }: CheckParts,
  upload: QueuedUpload,
  batch: LedgerBatch,
  entries: readonly StreamEntry[],
): Promise<{ rows: string[]; refused: SetApartReason | null }> {
  const rows: string[] = [];
  let refused: SetApartReason | null = null;
  for (const { fields } of entries) {
    const chunk = readChunk(keys, upload.batch, fields);
    const next = batch.checked + rows.length + 1;
    if (!chunk || chunk.firstRow + chunk.rows.length - 1 > batch.rows) {
      refused = 'chunk';
      metrics.setApart.inc({ reason: refused });
      await queue.setApart(upload, refused, next);
    } else if (chunk.firstRow <= next) {
      // After a loss a file is sent again from its beginning. A gap is passed over: its rows come with the next upload.
      for (const row of chunk.rows.slice(next - chunk.firstRow)) rows.push(row);
    }
  }
  return { rows, refused };
}

async function deposit(
  parts: CheckParts & { readonly judge: Judge },
  batch: LedgerBatch,
  { firstRow, rows }: Rows,
): Promise<LedgerBatch | 'closed'> {
  try {
    const { deposited, ...counts } = await depositRows(parts.pool, rowsOf(parts.judge, batch, { firstRow, rows }));
    // Another worker was there first: its counts say where to go on.
    if (deposited) await afterDeposit(parts, batch, counts);
    const after = { ...batch, ...counts };
    await parts.views.write(after);
    return after;
  } catch (error) {
    if (error instanceof BoxClosed) return 'closed';
    throw error;
  }
}

async function afterDeposit(
  { views, metrics }: CheckParts,
  before: LedgerBatch,
  after: Pick<LedgerBatch, 'checked' | 'valid' | 'duplicates' | 'invalidNumbers'>,
): Promise<void> {
  const [duplicates, numbers] = [after.duplicates - before.duplicates, after.invalidNumbers - before.invalidNumbers];
  metrics.rows.inc({ outcome: 'counted' }, after.valid - before.valid);
  metrics.rows.inc({ outcome: 'duplicate' }, duplicates);
  metrics.rows.inc({ outcome: 'invalid-number' }, numbers);
  if (duplicates + numbers > 0) await views.copyInvalidRows(before.batchId, before.checked, after.checked);
}

/** What the ledger is told of rows: their ids, and once for all that are marked alike what they say. */
function rowsOf(judge: Judge, { batchId, electionId }: LedgerBatch, { firstRow, rows }: Rows): BatchRows {
  const places = new Map<string, number>();
  const kinds: RowKind[] = [];
  const [guids, trackers, which]: [string[], Buffer[], number[]] = [[], [], []];
  for (const row of rows) {
    const [guid, cells] = [row.slice(0, guidCharacters), row.slice(guidCharacters + 1)];
    let place = places.get(cells);
    if (place === undefined) {
      const verdict = judge(cells);
      kinds.push({
        cells,
        ...(verdict.valid
          ? { ballot: verdict.ballot, contestId: null }
          : { ballot: null, contestId: verdict.contestId }),
      });
      place = kinds.length;
      places.set(cells, place);
    }
    guids.push(guid);
    trackers.push(hash('sha256', paperTrackerText(electionId, guid), 'buffer'));
    which.push(place);
  }
  return { batchId, firstRow, guids, trackers, kinds, which };
}
const guidCharacters = 36;

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

/** Notes that nothing more of an upload is stored, and says so to whoever sent it. */
export async function setApart(
  { pool, queue, views, metrics }: CheckParts,
  upload: QueuedUpload,
  reason: SetApartReason,
  row: number,
): Promise<'incomplete'> {
  metrics.setApart.inc({ reason });
  await queue.setApart(upload, reason, row);
  const batch = await findBatch(pool, upload.batch);
  if (batch) await views.write(batch, batch.checked === batch.rows ? null : reason);
  else await views.refuse(upload.batch, reason);
  return 'incomplete';
}
