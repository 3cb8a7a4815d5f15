// The progress of batches: the ledger's counts as `worker` reports them, and whether the rows still wait in the queue,
// both read at one moment. It is for display only. No count depends on it.
import { parseJson } from '../../platform/json.ts';
import { batchState } from '../../domain/batch-progress.ts';
import { resultsOf } from '../../platform/redis.ts';
import type { Redis } from '../../platform/redis.ts';
import {
  batchIndexKey,
  batchInvalidKey,
  batchQueueKey,
  batchView,
  batchViewKey,
  invalidRow,
  queueEntry,
  queueUploadsMax,
  setApartReasons,
  withdrawalsIn,
} from '../../protocol/control/batch-entries.ts';
import type { BatchView, InvalidRow, QueueEntry } from '../../protocol/control/batch-entries.ts';
import type { Batch, BatchesQuery } from '../../protocol/control/officials-api.ts';

/** Invalid rows of one read. */
const invalidPageRows = 1_000;

export type BatchProgress = {
  find(batchId: string): Promise<Batch | null>;
  /** The same, and null also until the ledger has the batch. */
  findInLedger(batchId: string): Promise<Batch | null>;
  /** A page of batches, newest first: of one official or, with null, of all. Null if `after` is not in the list. */
  list(official: string | null, query: BatchesQuery): Promise<{ batches: Batch[]; next: string | null } | null>;
  /** Whether this official uploaded the batch. */
  isOf(official: string, batchId: string): Promise<boolean>;
  /** Whether the election has any batch. */
  any(electionId: string): Promise<boolean>;
  /** The waiting uploads. */
  queue(): Promise<QueueEntry[]>;
  /** How many invalid rows are in Redis. */
  countInvalidRows(batchId: string): Promise<number>;
  /** The invalid rows, page by page, and at most as many as are in Redis. */
  invalidRows(batchId: string): AsyncGenerator<InvalidRow[]>;
};

export function createBatchProgress(redis: Redis): BatchProgress {
  // One transaction reads the queue and the views at the same moment. Otherwise a batch that finishes between two reads
  // would seem to be lost.
  const looks = async (ids: readonly string[]): Promise<{ batch: Batch; inLedger: boolean }[]> => {
    if (ids.length === 0) return [];
    const answers = await redis
      .multi()
      .xrange(batchQueueKey, '-', '+', 'COUNT', queueUploadsMax)
      .mget(ids.map(batchViewKey))
      .exec();
    const [queue, texts] = resultsOf(answers);
    const waiting = readQueue(queue as [string, string[]][]);
    return (texts as (string | null)[]).flatMap((text) => {
      const view = readView(text);
      if (!view) return [];
      const waits = waiting.some(({ batch, again }) => batch === view.batchId && again === withdrawalsIn(view.phase));
      return [{ batch: batchFromView(view, waits), inLedger: view.inLedger }];
    });
  };
  const views = async (ids: readonly string[]): Promise<Batch[]> => (await looks(ids)).map(({ batch }) => batch);
  return {
    find: async (batchId) => (await views([batchId]))[0] ?? null,
    async findInLedger(batchId) {
      const [look] = await looks([batchId]);
      return look?.inLedger === true ? look.batch : null;
    },
    async list(official, { electionId = null, after, limit }) {
      const key = batchIndexKey(official, electionId);
      const place = after === undefined ? -1 : await redis.zrevrank(key, after);
      if (place === null) return null;
      const ids = await redis.zrevrange(key, place + 1, place + 1 + limit);
      const pageIds = ids.slice(0, limit);
      return { batches: await views(pageIds), next: ids.length > limit ? (pageIds.at(-1) ?? null) : null };
    },
    isOf: async (official, batchId) => (await redis.zrevrank(batchIndexKey(official, null), batchId)) !== null,
    any: async (electionId) => (await redis.zcard(batchIndexKey(null, electionId))) > 0,
    queue: async () => readQueue(await redis.xrange(batchQueueKey, '-', '+', 'COUNT', queueUploadsMax)),
    countInvalidRows: (batchId) => redis.zcard(batchInvalidKey(batchId)),
    async *invalidRows(batchId) {
      for (let from = 0; ; from += invalidPageRows) {
        const texts = await redis.zrange(batchInvalidKey(batchId), from, String(from + invalidPageRows - 1));
        yield texts.flatMap((text) => invalidRow.safeParse(parseJson(text)).data ?? []);
        if (texts.length < invalidPageRows) return;
      }
    },
  };
}

function readQueue(entries: readonly [string, string[]][]): QueueEntry[] {
  return entries.flatMap(([, fields]) => {
    const pairs: [string, string][] = [];
    for (let at = 0; at + 1 < fields.length; at += 2) pairs.push([fields[at] ?? '', fields[at + 1] ?? '']);
    return queueEntry.safeParse(Object.fromEntries(pairs)).data ?? [];
  });
}

const readView = (text: string | null): BatchView | null => batchView.safeParse(parseJson(text ?? '')).data ?? null;

export function batchFromView(view: BatchView, waitsInQueue: boolean): Batch {
  const { batchId: id, electionId, official, acceptedAt, rows, checked, valid, invalid, duplicates } = view;
  const { withdrawal, needsConfirmation, confirmation } = view;
  const isUnconfirmed = needsConfirmation && confirmation === null && withdrawal === null;
  const state = batchState({ rows, checked, isWithdrawn: withdrawal !== null, isUnconfirmed }, waitsInQueue);
  const incomplete = state === 'incomplete';
  return {
    id,
    electionId,
    official,
    acceptedAt,
    state,
    rows: {
      received: rows,
      checked,
      waiting: rows - checked,
      counted: valid,
      invalid,
      unconfirmed: checked - valid - invalid,
      duplicates,
    },
    // Rows are stored in their order, so the missing rows are the last ones.
    missing: incomplete ? [{ firstRow: checked + 1, lastRow: rows }] : [],
    advice: incomplete
      ? adviceOf(view)
      : state === 'withdrawn'
        ? withdrawnAdvice
        : isUnconfirmed
          ? unconfirmedAdvice
          : null,
    station: view.station,
    confirmation: needsConfirmation ? (confirmation ?? 'waiting') : 'not-needed',
    withdrawn: withdrawal,
    withdrawals: withdrawalsIn(view.phase),
  };
}

const unconfirmedAdvice =
  'Nothing of it counts until a second official confirms it with the number of ballots on the protocol.';
const withdrawnAdvice =
  'None of its rows counts. If its ballots are to count, send the same file or a corrected one while the election is open.';

function adviceOf({ checked, rows, setApart }: BatchView): string {
  const missing = checked + 1 === rows ? `Row ${rows} is missing` : `Rows ${checked + 1}–${rows} are missing`;
  if (setApart === null)
    return `${missing}: they were lost on their way. Send the same file again; nothing is counted twice.`;
  const why = setApartReasons[setApart];
  if (setApart === 'closed' || setApart === 'election') return `${missing}. ${why} Tell an administrator.`;
  if (setApart === 'tries') return `${missing}. ${why} Tell the operator, then send the same file again.`;
  return `${missing}. ${why} Send the same file again; nothing is counted twice. Tell the operator.`;
}
