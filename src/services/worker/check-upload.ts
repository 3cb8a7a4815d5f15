// Works on one upload: its rows are deposited in their order, part by part, each part in one transaction with its entry in
// the ledger. Whatever happens in between, the ledger says where to go on, and no row is counted twice or lost in silence.
import type { SetApartReason } from '../../protocol/control/batch-entries.ts';
import { BoxClosed, depositRows, findBatch, registerBatch } from '../../store/batches.ts';
import type { LedgerBatch } from '../../store/batches.ts';
import type { Pool } from '../../store/database.ts';
import type { LedgerViews } from './ledger-views.ts';
import { createRowReader } from './row-reader.ts';
import type { RowPart, RowReader } from './row-reader.ts';
import type { QueuedUpload, UploadReader } from './upload-queue.ts';
import { acceptedInTime, manifestOfLedger, readManifest } from './verify-upload.ts';
import type { UploadKeys, VerifiedManifest } from './verify-upload.ts';
import type { WorkerMetrics } from './worker-metrics.ts';

export type CheckParts = {
  readonly pool: Pool;
  readonly queue: UploadReader;
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
  // Its rows were lost, and nobody but the official knows of it.
  if (!batch) return 'incomplete';
  await views.mendInvalidRows(batch);
  await views.write(batch);
  if (!first) return batch.checked === batch.rows ? 'done' : 'incomplete';
  const { contests } = manifestOfLedger(batch.manifest).document.election;
  const reader = createRowReader({ ...parts, upload, batch, contests, afterEntry: first.id });
  return checkRows(parts, reader, { upload, batch }, onStep);
}

async function checkRows(
  parts: CheckParts,
  reader: RowReader,
  work: { readonly upload: QueuedUpload; readonly batch: LedgerBatch },
  onStep: () => boolean,
): Promise<'done' | 'incomplete' | 'left'> {
  const { upload } = work;
  let { batch } = work;
  // What officials are told of one part is on its way while the next one is stored.
  let telling: Promise<void> = Promise.resolve();
  for (let part = await reader.read(batch.checked + 1); part !== null && batch.checked < batch.rows;) {
    const depositing = deposit(parts, reader, part);
    // The next part is read, verified and judged while the database works on this one.
    const following = reader.read(part.firstRow + part.rows.length);
    following.catch(() => undefined);
    const counts = await depositing;
    await telling;
    if (counts === 'closed') return setApart(parts, upload, 'closed', batch.checked + 1);
    telling = tell(parts, batch, counts);
    telling.catch(() => undefined);
    batch = { ...batch, ...counts };
    if (!onStep()) {
      await telling;
      return 'left';
    }
    part = reader.fit(await following, batch.checked + 1);
  }
  await telling;
  // Another worker may have stored a part and ended before it told of it.
  await parts.views.mendInvalidRows(batch);
  const done = batch.checked === batch.rows;
  await parts.views.write(batch, done ? null : reader.refused());
  return done ? 'done' : 'incomplete';
}

type Counts = Awaited<ReturnType<typeof depositRows>>;

/** Deposits a part, or what another worker has left of it. */
async function deposit({ pool }: CheckParts, reader: RowReader, part: RowPart): Promise<Counts | 'closed'> {
  try {
    let counts = await depositRows(pool, part.ledgerRows);
    for (let left = reader.fit(part, counts.checked + 1); left !== null; left = reader.fit(left, counts.checked + 1)) {
      counts = await depositRows(pool, left.ledgerRows);
    }
    return counts;
  } catch (error) {
    if (error instanceof BoxClosed) return 'closed';
    throw error;
  }
}

/** Where another worker was there first, its counts say where to go on, and it has told them. */
async function tell({ views, metrics }: CheckParts, before: LedgerBatch, counts: Counts): Promise<void> {
  const { deposited, ...after } = counts;
  if (!deposited) return;
  const duplicates = after.duplicates - before.duplicates;
  const numbers = after.invalidNumbers - before.invalidNumbers;
  metrics.rows.inc({ outcome: 'counted' }, after.valid - before.valid);
  metrics.rows.inc({ outcome: 'duplicate' }, duplicates);
  metrics.rows.inc({ outcome: 'invalid-number' }, numbers);
  if (duplicates + numbers > 0) await views.copyInvalidRows(before.batchId, before.checked, after.checked);
  await views.write({ ...before, ...after });
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
