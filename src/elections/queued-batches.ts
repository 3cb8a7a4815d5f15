// Which batches of an election still wait in Redis to be checked. Redis is not the truth: what was lost there shows in
// the ledger. But what still lies there would come too late once the box is closed, so counting looks here first.
import { z } from 'zod';
import type { Redis } from '../platform/redis.ts';
import { batchQueueKey, queueEntry, queueUploadsMax, uploadKey } from '../protocol/batch-entries.ts';

export type QueuedBatch = { readonly batchId: string; readonly rows: number };

/** Of a manifest, what says whose it is. Whether it is signed is for those to judge who would count its rows. */
const ownManifest = z.object({ manifest: z.object({ electionId: z.string() }) });

/** Batches of the election whose rows are not all checked. Rejects where Redis cannot say. */
export async function queuedBatches(redis: Redis, electionId: string): Promise<QueuedBatch[]> {
  // A few more than may wait: a queue that was filled by somebody else must not hide what is ours.
  const entries = await redis.xrange(batchQueueKey, '-', '+', 'COUNT', 2 * queueUploadsMax);
  const queued: QueuedBatch[] = [];
  for (const [, fields] of entries) {
    const entry = queueEntry.safeParse(recordOf(fields));
    if (!entry.success) continue;
    const { batch, upload, rows } = entry.data;
    // An upload whose rows are gone cannot be counted by anybody; if the ledger knows it, it tells what is missing.
    if ((await electionOf(redis, upload)) === electionId) queued.push({ batchId: batch, rows });
  }
  return queued;
}

async function electionOf(redis: Redis, upload: string): Promise<string | null> {
  const [first] = await redis.xrange(uploadKey(upload), '-', '+', 'COUNT', 1);
  if (!first) return null;
  try {
    const { manifest } = recordOf(first[1]);
    return ownManifest.parse(JSON.parse(manifest ?? '')).manifest.electionId;
  } catch {
    return null;
  }
}

function recordOf(fields: readonly string[]): Record<string, string | undefined> {
  const record: Record<string, string | undefined> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) record[fields[at] ?? ''] = fields[at + 1];
  return record;
}
