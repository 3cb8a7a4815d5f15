// The three loops of a worker. It checks uploads, registers announced ones in the ledger at once, and keeps Redis like
// the ledger: after it was emptied, and after a confirmation or a withdrawal. Each loop continues after a failure. A stop ends the check of an upload after the current part.
import { setTimeout as pause } from 'node:timers/promises';
import { createFaultLog } from '../../platform/fault-log.ts';
import type { Logger } from '../../platform/logger.ts';
import { inEntrySpan } from '../../platform/tracing/entry-spans.ts';
import type { Tracing } from '../../platform/tracing/span.ts';
import { createLoop } from '../../platform/loop.ts';
import type { Loop, LoopOptions } from '../../platform/loop.ts';
import { queueDeliveriesMax, queueEntry } from '../../protocol/control/batch-entries.ts';
import { certainlyRefused, claimBallotIds, findBatch } from '../../store/batches.ts';
import { checkUpload, deadLetter, register } from './check-upload.ts';
import type { CheckParts } from './check-upload.ts';
import type { QueuedUpload, StreamEntry } from './upload-queue.ts';
import { readManifest } from './verify-upload.ts';

/** Pause after a failure, in milliseconds. */
const failureMs = 500;
/** Interval between checks whether Redis was emptied, in milliseconds. */
const restoreMs = 2_000;
/** Renewals of a claim on an upload within the time of the claim. */
const renewals = 3;

export type WorkerLoops = Pick<Loop, 'start' | 'stop'>;
type RegisterParts = Omit<CheckParts, 'metrics' | 'idsEverywhere' | 'deposits'> & { readonly logger: Logger };
type Parts = CheckParts & {
  readonly claimMs: number;
  readonly logger: Logger;
  readonly tracing: Tracing | undefined;
  /** Called at each step, as a sign of life. */
  readonly onStep: () => void;
};

export function createWorkerLoops(parts: Parts): WorkerLoops {
  const { queue, views, logger, metrics } = parts;
  const faults = createFaultLog(logger);
  const loopOf = (part: string, turn: LoopOptions['turn']): Loop =>
    createLoop({
      failureMs,
      turn: async (signal) => {
        parts.onStep();
        try {
          const ms = await turn(signal);
          faults.succeeded(part);
          return ms;
        } catch (error) {
          // Redis was emptied, or this is its first worker.
          if (signal.aborted || !isGroupMissing(error)) throw error;
          return queue.prepare().then(
            () => 0,
            () => failureMs,
          );
        }
      },
      onError: (error, signal) => {
        if (signal.aborted) return;
        metrics.failures.inc();
        faults.failed(part, error, 'worker.step-failed', { part });
      },
    });
  // Ids of rows that were stored before the setting: once, and before any other row.
  let hasClaimed = !parts.idsEverywhere;
  const claimEarlierIds = async (): Promise<void> => {
    if (hasClaimed) return;
    const claimed = await claimBallotIds(parts.pool);
    hasClaimed = true;
    if (claimed > 0) logger.info({ claimed }, 'ballot-ids.claimed');
  };
  const loops = [
    loopOf('check', async (signal) => {
      await claimEarlierIds();
      const upload = await queue.take();
      if (upload) await inEntrySpan(parts.tracing, 'check', () => checkUntilDone(parts, upload, signal));
      return 0;
    }),
    loopOf('register', async () => {
      const entries = await queue.announced();
      const outcomes = await Promise.allSettled(
        entries.map((entry) => inEntrySpan(parts.tracing, 'register', () => registerAnnounced(parts, entry))),
      );
      await queue.acknowledge(entries.filter((_, index) => outcomes[index]?.status === 'fulfilled'));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) throw failed.reason;
      return 0;
    }),
    loopOf('restore', async () => {
      await queue.prepare();
      if (await views.restoreIfLost()) metrics.restores.inc();
      await views.showDecisions();
      const lengths = await queue.lengths();
      metrics.queue.set(lengths.queue);
      metrics.dead.set(lengths.dead);
      return restoreMs;
    }),
  ];
  return {
    start() {
      for (const loop of loops) loop.start();
    },
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

async function checkUntilDone(parts: Parts, upload: QueuedUpload, signal: AbortSignal): Promise<void> {
  const { queue, metrics, logger, claimMs } = parts;
  const mayContinue = (): boolean => {
    parts.onStep();
    return !signal.aborted;
  };
  const about = { batchId: upload.batch };
  if (upload.deliveries > queueDeliveriesMax) {
    logger.error(about, 'upload.set-apart');
    await deadLetter(parts, upload, 'tries', 0);
    await queue.finish(upload, 'keep');
    return;
  }
  const renewal = setInterval(() => void queue.renew(upload).catch(() => undefined), claimMs / renewals);
  try {
    while (mayContinue()) {
      try {
        const outcome = await checkUpload(parts, upload, mayContinue);
        if (outcome === 'interrupted') break;
        await queue.finish(upload, 'remove');
        metrics.uploads.inc({ outcome });
        logger.info({ ...about, outcome }, 'upload.finished');
        return;
      } catch (error) {
        metrics.failures.inc();
        logger.error({ err: error, ...about }, 'upload.failed');
        // The database will reject it again. After some tries it is dead-lettered, and other uploads continue.
        if (certainlyRefused(error)) return;
        await pause(failureMs, undefined, { signal }).catch(() => undefined);
      }
    }
    await queue.release(upload);
  } finally {
    clearInterval(renewal);
  }
}

// A file that waits behind others is thus in the ledger within moments, and its loss can be reported.
/** Adds an announced upload to the ledger, and shows its batch. */
export async function registerAnnounced(parts: RegisterParts, entry: StreamEntry): Promise<void> {
  const { pool, queue, views, keys, logger } = parts;
  const announced = queueEntry.safeParse(entry.fields).data;
  const [first] = announced ? await queue.entries(announced.upload, null, 1) : [];
  const verified = announced && first ? readManifest(keys, announced.batch, first.fields['manifest'] ?? '') : null;
  // A faulty upload is dead-lettered when it is checked.
  if (!verified) return;
  const outcome = await register(pool, verified);
  if (outcome !== 'registered' && outcome !== 'known' && outcome !== 'withdrawn') return;
  const { batchId, electionId } = verified.manifest;
  if (outcome === 'registered') logger.info({ batchId, electionId }, 'batch.registered');
  // Officials wait for this view before they confirm the file.
  const batch = await findBatch(pool, batchId);
  if (batch) await views.write(batch);
}

// Redis answers UNBLOCKED to a command that waited for the stream when it was deleted.
const isGroupMissing = (error: unknown): boolean =>
  error instanceof Error && /^(NOGROUP|UNBLOCKED)/.test(error.message);
