// Self-clocked batches: items that arrive while one batch commits form the next. There is no timer. A single item is
// committed at the end of the event loop's turn, with everything else read from sockets in that turn. Under load a
// batch grows to the limits below. Work waits for a bounded time only (see waiting-items.ts). The batcher is generic and
// independent of ballots.
import { Problem } from '../../protocol/problem.ts';
import { retryIn } from '../http/problems.ts';
import { createCommitTimes } from './commit-times.ts';
import { createWaitingItems } from './waiting-items.ts';
import type { WaitingItem } from './waiting-items.ts';

export type BatcherOptions<Item, Outcome> = {
  /** Commits items of one group and returns the outcome of each, in order. */
  readonly commit: (group: string, items: readonly Item[]) => Promise<readonly Outcome[]>;
  readonly bytesOf: (item: Item) => number;
  readonly bounds?: Partial<BatcherBounds>;
};

export type BatcherBounds = {
  /** Most items in one batch. The database accepts 2,000. */
  readonly batchItemsMax: number;
  /** Most bytes in one batch, for large items. */
  readonly batchBytesMax: number;
  /** Batches that commit at the same time. More would only make them smaller. */
  readonly batchesInFlightMax: number;
  /** Most waiting items. Beyond it new ones are rejected as `busy`, since a longer wait would not help. */
  readonly waitingItemsMax: number;
  /** Longest wait for a batch, in milliseconds. Items that waited longer are rejected as `busy`. */
  readonly waitMsMax: number;
};
export const batcherBounds: BatcherBounds = {
  batchItemsMax: 1_000,
  batchBytesMax: 1_048_576,
  batchesInFlightMax: 2,
  waitingItemsMax: 10_000,
  waitMsMax: 2_000,
};

export type Batcher<Item, Outcome> = {
  /**
   * Resolves with the item's outcome. Rejects with `busy` if too many items wait, if this one waited too long, or if it is
   * no longer awaited when its turn comes; otherwise with the error of the commit.
   */
  submit(group: string, item: Item, isAwaited?: () => boolean): Promise<Outcome>;
  /** Resolves when no item waits and no batch commits. */
  drained(): Promise<void>;
  readonly waiting: number;
};

export function createBatcher<Item, Outcome>(options: BatcherOptions<Item, Outcome>): Batcher<Item, Outcome> {
  const bounds = { ...batcherBounds, ...options.bounds };
  const idle: (() => void)[] = [];
  const load = { inFlight: 0, pumping: false };
  const times = createCommitTimes(bounds.batchesInFlightMax);
  /** A rejection of work that was not committed, until when the batches before it are committed. */
  const busy = (): Problem => new Problem('busy', retryIn(times.expectedMs(waiting.batches() + 1)));
  const waiting = createWaitingItems<Item, Outcome>({
    batchLength: (queue) => batchLength(queue, options.bytesOf, bounds),
    batchItemsMax: bounds.batchItemsMax,
    waitMsMax: bounds.waitMsMax,
    onDrop(items) {
      const problem = busy();
      for (const { reject } of items) reject(problem);
    },
  });
  let late: NodeJS.Timeout | undefined;

  const schedule = (): void => {
    if (load.pumping) return;
    load.pumping = true;
    setImmediate(pump);
  };
  const pump = (): void => {
    load.pumping = false;
    while (load.inFlight < bounds.batchesInFlightMax) {
      const next = waiting.take();
      if (!next) break;
      load.inFlight += 1;
      const ended = times.began();
      void run(options, next.group, next.batch).finally(() => {
        ended();
        load.inFlight -= 1;
        schedule();
      });
    }
    if (load.inFlight === 0) for (const resolve of idle.splice(0)) resolve();
  };
  // Commits may take so long that no turn comes: then the late are rejected by a timer.
  const watchLate = (): void => {
    if (late !== undefined || waiting.size === 0) return;
    const inMs = Math.max(0, waiting.oldestMs() + bounds.waitMsMax - performance.now());
    late = setTimeout(() => {
      late = undefined;
      waiting.dropStale();
      watchLate();
      schedule();
    }, inMs);
    late.unref();
  };

  return {
    submit(group, item, isAwaited = () => true) {
      if (waiting.size >= bounds.waitingItemsMax) return Promise.reject(busy());
      return new Promise<Outcome>((resolve, reject) => {
        waiting.add(group, { item, resolve, reject, isAwaited, sinceMs: performance.now() });
        schedule();
        watchLate();
      });
    },
    drained() {
      if (load.inFlight === 0 && waiting.size === 0) return Promise.resolve();
      return new Promise((resolve) => idle.push(resolve));
    },
    get waiting() {
      return waiting.size;
    },
  };
}

async function run<Item, Outcome>(
  { commit }: BatcherOptions<Item, Outcome>,
  group: string,
  batch: readonly WaitingItem<Item, Outcome>[],
): Promise<void> {
  try {
    const outcomes = await commit(
      group,
      batch.map(({ item }) => item),
    );
    if (outcomes.length !== batch.length) throw new Error('A commit must return one outcome per item.');
    batch.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}

// At least one item, so that a single one above the byte limit is committed too.
function batchLength<Item, Outcome>(
  queue: readonly WaitingItem<Item, Outcome>[],
  bytesOf: (item: Item) => number,
  bounds: BatcherBounds,
): number {
  let bytes = 0;
  let length = 0;
  for (const { item } of queue) {
    bytes += bytesOf(item);
    if (length > 0 && (bytes > bounds.batchBytesMax || length >= bounds.batchItemsMax)) break;
    length += 1;
  }
  return length;
}
