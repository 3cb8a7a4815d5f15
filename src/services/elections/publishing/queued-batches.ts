// Which batches of an election still wait in Redis to be checked. Redis is not the truth: what was lost there shows in
// the ledger. But what still lies there would come too late once the box is closed, so counting looks here first.
import type { Redis } from '../../../platform/redis.ts';
import {
  arrivingMember,
  batchArrivingKey,
  batchQueueKey,
  queueEntry,
  queueUploadsMax,
} from '../../../protocol/control/batch-entries.ts';

export type QueuedBatch = { readonly batchId: string; readonly rows: number };

/** Batches of the election whose rows are not all checked. Rejects where Redis cannot say. */
export async function queuedBatches(redis: Redis, electionId: string): Promise<QueuedBatch[]> {
  // A few more than may wait: a queue that was filled by somebody else must not hide what is ours.
  const entries = await redis.xrange(batchQueueKey, '-', '+', 'COUNT', 2 * queueUploadsMax);
  return entries.flatMap(([, fields]) => {
    const entry = queueEntry.safeParse(recordOf(fields));
    if (!entry.success || entry.data.election !== electionId) return [];
    return [{ batchId: entry.data.batch, rows: entry.data.rows }];
  });
}

/** How many files of the election are on their way into the queue. To be asked before the queue is. */
export async function arrivingFiles(redis: Redis, electionId: string, nowMs: number): Promise<number> {
  const members = await redis.zrange(batchArrivingKey, `(${nowMs}`, '+inf', 'BYSCORE');
  return members.filter((member) => member.startsWith(arrivingMember(electionId, ''))).length;
}

function recordOf(fields: readonly string[]): Record<string, string | undefined> {
  const record: Record<string, string | undefined> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) record[fields[at] ?? ''] = fields[at + 1];
  return record;
}
