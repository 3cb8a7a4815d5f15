// Works on one upload. Its rows are stored in their order, part by part, each part in one transaction with its ledger
// entry. After any interruption the ledger shows where to continue, and no row is counted twice or lost unnoticed.
import type { SetApartReason } from '../../protocol/control/batch-entries.ts';
import { BatchWithdrawn, BoxClosed, depositRows, findBatch, registerBatch } from '../../store/batches.ts';
import type { LedgerBatch } from '../../store/batches.ts';
import type { Pool } from '../../store/database.ts';
import { findLog } from '../../store/record/deposits.ts';
import { paperEntries } from './entries.ts';
import type { DepositKeys } from './entries.ts';
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
  /** Signs entries in public logs. Without the key of its manifest, paper ballots of an election wait. */
  readonly deposits: DepositKeys;
  readonly metrics: WorkerMetrics;
  /** Whether a ballot id is used once in all elections. */
  readonly idsEverywhere: boolean;
};

/** Adds an upload to the ledger unless it is there already. `withdrawn`: it is from before a withdrawal. */
export async function register(
  pool: Pool,
  { manifest, text }: VerifiedManifest,
): Promise<'registered' | 'known' | 'withdrawn' | SetApartReason> {
  const existing = await findBatch(pool, manifest.batchId);
  // The decision at the first acceptance is final: the same file may come again after the election.
  const { batchId, electionId, rows, official, acceptedAt, again = 0, station = null, document } = manifest;
  if (existing && existing.again >= again) {
    if (existing.electionId !== electionId || existing.rows !== rows) return 'manifest';
    return existing.again === again && existing.withdrawnAt === null ? 'known' : 'withdrawn';
  }
  if (!acceptedInTime(manifest)) return 'election';
  const needsConfirmation = document.election.paper?.confirmation === true;
  const upload = { batchId, again, electionId, rows, official, acceptedAt, manifest: text, station, needsConfirmation };
  try {
    const registered = await registerBatch(pool, upload);
    return registered === 'ahead' ? 'manifest' : registered;
  } catch (error) {
    if (error instanceof BoxClosed) return 'closed';
    throw error;
  }
}

type Checked = 'done' | 'incomplete' | 'withdrawn';

/**
 * Works until all rows of the upload are stored, or until no more of them can be, and returns which. `onStep` is called
 * after each part. If it returns false, the work stops there and can be continued. Rejects if Redis or the database
 * fails. The same upload is then worked on again.
 */
export async function checkUpload(
  parts: CheckParts,
  upload: QueuedUpload,
  onStep: () => boolean,
): Promise<Checked | 'interrupted'> {
  const { pool, queue, views, keys } = parts;
  const [first] = await queue.entries(upload.upload, null, 1);
  const verified = first ? readManifest(keys, upload.batch, first.fields['manifest'] ?? '') : null;
  if (first && !verified) return deadLetter(parts, upload, 'manifest', 0);
  if (verified) {
    const outcome = await register(pool, verified);
    if (outcome === 'withdrawn') return leaveWithdrawn(parts, upload);
    if (outcome !== 'registered' && outcome !== 'known') return deadLetter(parts, upload, outcome, 0);
  }
  const batch = await findBatch(pool, upload.batch);
  // Its rows were lost, and only the official can notice this.
  if (!batch) return 'incomplete';
  await views.repairInvalidRows(batch);
  await views.write(batch);
  if (!first) return batch.withdrawnAt !== null ? 'withdrawn' : batch.checked === batch.rows ? 'done' : 'incomplete';
  const { contests } = manifestOfLedger(batch.manifest).document.election;
  const log = await findLog(pool, batch.electionId);
  const entryOf = log && paperEntries(parts.deposits, log);
  const reader = createRowReader({ ...parts, upload, batch, contests, entryOf, afterEntry: first.id });
  return checkRows(parts, reader, { upload, batch }, onStep);
}

async function checkRows(
  parts: CheckParts,
  reader: RowReader,
  work: { readonly upload: QueuedUpload; readonly batch: LedgerBatch },
  onStep: () => boolean,
): Promise<Checked | 'interrupted'> {
  const { upload } = work;
  let { batch } = work;
  // The views of one part are written while the next part is stored.
  let reporting: Promise<void> = Promise.resolve();
  for (let part = await reader.read(batch.checked + 1); part !== null && batch.checked < batch.rows;) {
    const storing = storePart(parts, reader, part);
    // The next part is read, verified and judged while the database stores this one.
    const following = reader.read(part.firstRow + part.rows.length);
    following.catch(() => undefined);
    const counts = await storing;
    await reporting;
    if (counts === 'withdrawn') return leaveWithdrawn(parts, upload);
    if (counts === 'closed') return deadLetter(parts, upload, 'closed', batch.checked + 1);
    reporting = reportPart(parts, batch, counts);
    reporting.catch(() => undefined);
    batch = { ...batch, ...counts };
    if (!onStep()) {
      await reporting;
      return 'interrupted';
    }
    part = reader.fit(await following, batch.checked + 1);
  }
  await reporting;
  // Another worker may have stored a part and ended before it reported it.
  await parts.views.repairInvalidRows(batch);
  const done = batch.checked === batch.rows;
  await parts.views.write(batch, done ? null : reader.rejection());
  return done ? 'done' : 'incomplete';
}

type Counts = Awaited<ReturnType<typeof depositRows>>;

/** Stores a part, or the rows of it that another worker has not stored. */
async function storePart(
  { pool, idsEverywhere }: CheckParts,
  reader: RowReader,
  part: RowPart,
): Promise<Counts | 'closed' | 'withdrawn'> {
  try {
    let counts = await depositRows(pool, part.ledgerRows, { idsEverywhere });
    for (let rest = reader.fit(part, counts.checked + 1); rest !== null; rest = reader.fit(rest, counts.checked + 1)) {
      counts = await depositRows(pool, rest.ledgerRows, { idsEverywhere });
    }
    return counts;
  } catch (error) {
    if (error instanceof BoxClosed) return 'closed';
    if (error instanceof BatchWithdrawn) return 'withdrawn';
    throw error;
  }
}

/** Writes the metrics and the view of a part, unless another worker stored and reported it first. */
async function reportPart({ views, metrics }: CheckParts, before: LedgerBatch, counts: Counts): Promise<void> {
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

/** Stores nothing more of an upload whose batch is withdrawn, and shows the batch as the ledger has it. */
async function leaveWithdrawn({ pool, views }: CheckParts, upload: QueuedUpload): Promise<'withdrawn'> {
  const batch = await findBatch(pool, upload.batch);
  if (batch) await views.write(batch);
  return 'withdrawn';
}

/** Records that nothing more of an upload is stored, and reports it. `row` is the first missing row, 0 for all. */
export async function deadLetter(
  { pool, queue, views, metrics }: CheckParts,
  upload: QueuedUpload,
  reason: SetApartReason,
  row: number,
): Promise<'incomplete'> {
  metrics.deadLettered.inc({ reason });
  await queue.deadLetter(upload, reason, row);
  const batch = await findBatch(pool, upload.batch);
  if (batch) await views.write(batch, batch.checked === batch.rows ? null : reason);
  else await views.reject(upload.batch, reason);
  return 'incomplete';
}
