// What a worker does over and over: work on uploads, put announced ones into the ledger at once, and notice that Redis
// was emptied. Each goes on after a failure, and stops only when it is told to, at the end of a part.
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../../platform/logger.ts';
import { queueDeliveriesMax, queueEntry } from '../../protocol/control/batch-entries.ts';
import { certainlyRefused, findBatch } from '../../store/batches.ts';
import { checkUpload, register, setApart } from './check-upload.ts';
import type { CheckParts } from './check-upload.ts';
import type { QueuedUpload, StreamEntry } from './upload-queue.ts';
import { readManifest } from './verify-upload.ts';

/** Pause after a failure, in milliseconds. */
const failureMs = 500;
/** How often it is looked whether Redis was emptied, in milliseconds. */
const restoreMs = 2_000;
/** A worker says this often within its time that it is still at an upload. */
const renewals = 3;

export type WorkerLoops = {
  start(): void;
  /** Ends them; resolves when nothing of them is under way. */
  stop(): Promise<void>;
};

export function createWorkerLoops(
  parts: CheckParts & { readonly claimMs: number; readonly logger: Logger; readonly onStep: () => void },
): WorkerLoops {
  const { queue, views, logger, metrics } = parts;
  const stopping = new AbortController();
  const wait = (ms: number): Promise<unknown> =>
    pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  const goesOn = (): boolean => {
    parts.onStep();
    return !stopping.signal.aborted;
  };
  const repeat = async (name: string, step: () => Promise<unknown>): Promise<void> => {
    while (goesOn()) {
      try {
        await step();
      } catch (error) {
        if (stopping.signal.aborted) return;
        // Redis was emptied, or this is the first worker that it sees.
        if (isGroupMissing(error)) await queue.prepare().catch(() => wait(failureMs));
        else {
          metrics.failures.inc();
          logger.error({ err: error, part: name }, 'worker.step-failed');
          await wait(failureMs);
        }
      }
    }
  };
  const check = async (): Promise<void> => {
    const upload = await queue.take();
    if (upload) await workOn(parts, upload, goesOn, wait);
  };
  const tend = async (): Promise<void> => {
    await queue.prepare();
    if (await views.restoreIfLost()) metrics.restores.inc();
    const lengths = await queue.lengths();
    metrics.queue.set(lengths.queue);
    metrics.dead.set(lengths.dead);
    await wait(restoreMs);
  };
  const announced = async (): Promise<void> => {
    const entries = await queue.announced();
    for (const entry of entries) await registerAnnounced(parts, entry);
    await queue.noted(entries);
  };
  let running: Promise<unknown> = Promise.resolve();
  return {
    start() {
      running = Promise.all([repeat('check', check), repeat('register', announced), repeat('tend', tend)]);
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function workOn(
  parts: CheckParts & { readonly claimMs: number; readonly logger: Logger },
  upload: QueuedUpload,
  goesOn: () => boolean,
  wait: (ms: number) => Promise<unknown>,
): Promise<void> {
  const { queue, metrics, logger, claimMs } = parts;
  const about = { batchId: upload.batch };
  if (upload.deliveries > queueDeliveriesMax) {
    logger.error(about, 'upload.set-apart');
    await setApart(parts, upload, 'tries', 0);
    await queue.finish(upload, 'keep');
    return;
  }
  const renewal = setInterval(() => void queue.renew(upload).catch(() => undefined), claimMs / renewals);
  try {
    while (goesOn()) {
      try {
        const outcome = await checkUpload(parts, upload, goesOn);
        if (outcome === 'left') break;
        await queue.finish(upload, 'remove');
        metrics.uploads.inc({ outcome });
        logger.info({ ...about, outcome }, 'upload.finished');
        return;
      } catch (error) {
        metrics.failures.inc();
        logger.error({ err: error, ...about }, 'upload.failed');
        // What the database refuses it will refuse again: some tries later it is set apart, and others go on.
        if (certainlyRefused(error)) return;
        await wait(failureMs);
      }
    }
    await queue.release(upload);
  } finally {
    clearInterval(renewal);
  }
}

// So that a file that waits behind others is in the ledger within moments, and its loss can be told.
async function registerAnnounced(parts: CheckParts & { readonly logger: Logger }, entry: StreamEntry): Promise<void> {
  const { pool, queue, views, keys, logger } = parts;
  const announced = queueEntry.safeParse(entry.fields).data;
  const [first] = announced ? await queue.entries(announced.upload, null, 1) : [];
  const verified = announced && first ? readManifest(keys, announced.batch, first.fields['manifest'] ?? '') : null;
  // What is wrong is set apart by whoever works on it.
  if (!verified || (await register(pool, verified)) !== 'registered') return;
  logger.info({ batchId: verified.manifest.batchId, electionId: verified.manifest.electionId }, 'batch.registered');
  const batch = await findBatch(pool, verified.manifest.batchId);
  if (batch) await views.write(batch);
}

// The second is told to whoever waited for the stream when it went.
const isGroupMissing = (error: unknown): boolean =>
  error instanceof Error && /^(NOGROUP|UNBLOCKED)/.test(error.message);
