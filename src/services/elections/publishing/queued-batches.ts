// Batches of an election that are waiting in Redis to be checked. Counting checks this queue first, because queued rows
// would be too late once the box is closed. The ledger is authoritative and shows rows that Redis has lost.
import type { Redis } from '../../../platform/redis.ts';
import {
  arrivingMember,
  arrivingMsMax,
  batchArrivingKey,
  batchQueueKey,
  queueEntry,
  queueUploadsMax,
} from '../../../protocol/control/batch-entries.ts';
import { clockSkewSeconds } from '../../../protocol/private-calls.ts';

export type QueuedBatch = { readonly batchId: string; readonly rows: number };

/** Batches of the election with unchecked rows. Rejects if Redis is unavailable. */
export async function queuedBatches(redis: Redis, electionId: string): Promise<QueuedBatch[]> {
  // Twice the queue limit, so that extra entries in the queue cannot hide batches of this election.
  const entries = await redis.xrange(batchQueueKey, '-', '+', 'COUNT', 2 * queueUploadsMax);
  return entries.flatMap(([, fields]) => {
    const entry = queueEntry.safeParse(recordOf(fields));
    if (!entry.success || entry.data.election !== electionId) return [];
    return [{ batchId: entry.data.batch, rows: entry.data.rows }];
  });
}

/** Number of the election's files that are being uploaded to the queue. Read this before the queue. */
export async function arrivingFiles(redis: Redis, electionId: string, nowMs: number): Promise<number> {
  // The score is the end of the upload. Later than the longest one it comes from a wrong clock.
  const latestMs = nowMs + arrivingMsMax + clockSkewSeconds * 1_000;
  const members = await redis.zrange(batchArrivingKey, `(${nowMs}`, `${latestMs}`, 'BYSCORE');
  return members.filter((member) => member.startsWith(arrivingMember(electionId, ''))).length;
}

function recordOf(fields: readonly string[]): Record<string, string | undefined> {
  const record: Record<string, string | undefined> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) record[fields[at] ?? ''] = fields[at + 1];
  return record;
}
