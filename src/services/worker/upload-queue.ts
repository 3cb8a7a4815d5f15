// The queue of uploads in the control Redis, for one worker. An upload belongs to one worker at a time. It goes to
// another if its worker is silent for too long. It leaves the queue only when its rows are in the ledger or it is
// dead-lettered.
import { resultsOf } from '../../platform/redis.ts';
import type { Redis } from '../../platform/redis.ts';
import {
  batchChangesChannel,
  batchDeadKey,
  batchGroups,
  batchQueueKey,
  deadEntriesMax,
  queueEntry,
  uploadKey,
} from '../../protocol/control/batch-entries.ts';
import type { QueueEntry, SetApartReason } from '../../protocol/control/batch-entries.ts';

/** Longest wait for an entry, in milliseconds. */
const waitMsMax = 1_000;
/** Options of the blocking connections: their commands may take longer than that wait, in milliseconds. */
export const waitingConnection = { commandTimeout: 5 * waitMsMax };
/** How long the rows of an upload that could not be stored are kept, in seconds. */
const keptSeconds = 14 * 86_400;
/** Time after which an upload that is not in the ledger is tried again, by any worker, in milliseconds. */
const registerAgainMs = 1_000;
/** Announced uploads that are read in one round. */
const announcedMax = 20;

export type StreamEntry = { readonly id: string; readonly fields: Readonly<Record<string, string>> };
export type QueuedUpload = QueueEntry & {
  readonly id: string;
  /** How often it was delivered to a worker, including this time. */
  readonly deliveries: number;
};
type RawEntry = [string, string[] | null];

export type UploadReader = {
  /** Creates missing consumer groups. Returns whether any was missing. */
  prepare(): Promise<boolean>;
  /** The next upload: one whose worker is silent, or a new one; null if none came within the longest wait. */
  take(): Promise<QueuedUpload | null>;
  /** Renews this worker's claim on the upload. */
  renew(upload: QueuedUpload): Promise<void>;
  /** Releases the upload, so that another worker can take it at once. */
  release(upload: QueuedUpload): Promise<void>;
  /** Removes the upload from the queue. Its rows are removed, or kept for some days. */
  finish(upload: QueuedUpload, rows: 'remove' | 'keep'): Promise<void>;
  /** Records what was not stored, and from which row on. */
  deadLetter(upload: QueueEntry, reason: SetApartReason, row: number): Promise<void>;
  /** Entries of an upload after an entry or, with null, from the first. */
  entries(upload: string, after: string | null, count: number): Promise<StreamEntry[]>;
  /** Uploads that may not be in the ledger yet, new ones or after a failure; empty if none came within the longest wait. */
  announced(): Promise<StreamEntry[]>;
  acknowledge(entries: readonly StreamEntry[]): Promise<void>;
  lengths(): Promise<{ queue: number; dead: number }>;
};

export function createUploadReader(parts: {
  readonly redis: Redis;
  /** Two separate connections: a command that waits blocks its connection. */
  readonly waiting: { readonly check: Redis; readonly register: Redis };
  readonly consumer: string;
  /** Silence after which a worker counts as dead, in milliseconds. */
  readonly claimMs: number;
}): UploadReader {
  const { redis, waiting, consumer, claimMs } = parts;
  const { check, register } = batchGroups;

  const claim = async (group: string, silentMs: number, count: number): Promise<StreamEntry[]> => {
    const answer = await redis.xautoclaim(batchQueueKey, group, consumer, silentMs, '0-0', 'COUNT', count);
    return entriesOf(answer[1] as RawEntry[]);
  };
  const deliveriesOf = async (id: string): Promise<number> => {
    const [pending] = (await redis.xpending(batchQueueKey, check, id, id, 1)) as [string, string, number, number][];
    return pending?.[3] ?? 1;
  };
  return {
    async prepare() {
      const created = await Promise.all([check, register].map((group) => createGroup(redis, group)));
      return created.includes(true);
    },
    async take() {
      const [claimed] = await claim(check, claimMs, 1);
      const [entry] = claimed ? [claimed] : await readGroup(waiting.check, check, consumer, 1);
      if (!entry) return null;
      const parsed = queueEntry.safeParse(entry.fields);
      if (parsed.success) return { ...parsed.data, id: entry.id, deliveries: await deliveriesOf(entry.id) };
      // No service of ours writes such entries.
      await redis.xadd(batchDeadKey, 'MAXLEN', '~', deadEntriesMax, '*', 'reason', 'manifest');
      await redis.multi().xack(batchQueueKey, check, entry.id).xdel(batchQueueKey, entry.id).exec();
      return null;
    },
    async renew({ id }) {
      await redis.xclaim(batchQueueKey, check, consumer, 0, id, 'JUSTID');
    },
    async release({ id }) {
      await redis.xclaim(batchQueueKey, check, consumer, 0, id, 'IDLE', claimMs + 1, 'JUSTID');
    },
    async finish({ id, batch, upload }, rows) {
      const commands = redis.multi().xack(batchQueueKey, check, id).xdel(batchQueueKey, id);
      if (rows === 'remove') commands.unlink(uploadKey(upload));
      else commands.expire(uploadKey(upload), keptSeconds);
      commands.publish(batchChangesChannel, batch);
      resultsOf(await commands.exec());
    },
    async deadLetter({ batch, upload }, reason, row) {
      const fields = ['batch', batch, 'upload', upload, 'row', row, 'reason', reason];
      await redis.xadd(batchDeadKey, 'MAXLEN', '~', deadEntriesMax, '*', ...fields);
    },
    async entries(upload, after, count) {
      const start = after === null ? '-' : `(${after}`;
      return entriesOf(await redis.xrange(uploadKey(upload), start, '+', 'COUNT', count));
    },
    async announced() {
      const claimed = await claim(register, registerAgainMs, announcedMax);
      return claimed.length > 0 ? claimed : readGroup(waiting.register, register, consumer, announcedMax);
    },
    async acknowledge(entries) {
      if (entries.length > 0) await redis.xack(batchQueueKey, register, ...entries.map(({ id }) => id));
    },
    async lengths() {
      const [queue, dead] = await Promise.all([redis.xlen(batchQueueKey), redis.xlen(batchDeadKey)]);
      return { queue, dead };
    },
  };
}

async function readGroup(connection: Redis, group: string, consumer: string, count: number): Promise<StreamEntry[]> {
  const answer = await connection.xreadgroup(
    'GROUP',
    group,
    consumer,
    'COUNT',
    count,
    'BLOCK',
    waitMsMax,
    'STREAMS',
    batchQueueKey,
    '>',
  );
  return entriesOf(answer?.[0]?.[1] ?? []);
}

/** Starts at the first entry, so that uploads from before the first worker count. Returns whether the group is new. */
async function createGroup(redis: Redis, group: string): Promise<boolean> {
  try {
    await redis.xgroup('CREATE', batchQueueKey, group, '0', 'MKSTREAM');
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('BUSYGROUP')) return false;
    throw error;
  }
}

function entriesOf(raw: readonly RawEntry[]): StreamEntry[] {
  return raw.flatMap(([id, values]) => {
    // A claimed entry that was deleted meanwhile has no fields.
    if (values === null) return [];
    const pairs: [string, string][] = [];
    for (let at = 0; at + 1 < values.length; at += 2) pairs.push([values[at] ?? '', values[at + 1] ?? '']);
    return [{ id, fields: Object.fromEntries(pairs) }];
  });
}
