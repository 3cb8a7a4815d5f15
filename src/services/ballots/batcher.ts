// Self-clocked batches: items that arrive while one batch commits form the next. There is no timer. A single item is
// committed at the end of the event loop's turn, with everything else read from sockets in that turn. Under load a
// batch grows to the limits below. The batcher is generic and independent of ballots.
import { Problem } from '../../protocol/problem.ts';
import { retrySoon } from '../../platform/http/problems.ts';

export type BatcherOptions<Item, Outcome> = {
  /** Commits items of one group and returns the outcome of each, in order. */
  readonly commit: (group: string, items: readonly Item[]) => Promise<readonly Outcome[]>;
  readonly bytesOf: (item: Item) => number;
  readonly bounds?: Partial<BatcherBounds>;
};

export type BatcherBounds = {
  /** Most items in one batch. The database accepts 2,000. */
  readonly batchBallotsMax: number;
  /** Most bytes in one batch, for large items. */
  readonly batchBytesMax: number;
  /** Batches that commit at the same time. More would only make them smaller. */
  readonly batchesInFlightMax: number;
  /** Most waiting items. Beyond it new ones are rejected as `busy`, since a longer wait would not help. */
  readonly waitingBallotsMax: number;
};
export const batcherBounds: BatcherBounds = {
  batchBallotsMax: 1_000,
  batchBytesMax: 1_048_576,
  batchesInFlightMax: 2,
  waitingBallotsMax: 10_000,
};

export type Batcher<Item, Outcome> = {
  /** Resolves with the item's outcome. Rejects with `busy` if too many items wait, or with the error of the commit. */
  submit(group: string, item: Item): Promise<Outcome>;
  /** Resolves when no item waits and no batch commits. */
  drained(): Promise<void>;
  readonly waiting: number;
};

type Waiting<Item, Outcome> = {
  readonly item: Item;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
};

export function createBatcher<Item, Outcome>(options: BatcherOptions<Item, Outcome>): Batcher<Item, Outcome> {
  const bounds = { ...batcherBounds, ...options.bounds };
  // Groups take turns: the first in the map is next, and moves to the end after its batch.
  const groups = new Map<string, Waiting<Item, Outcome>[]>();
  const idle: (() => void)[] = [];
  const load = { waiting: 0, inFlight: 0, pumping: false };

  const schedule = (): void => {
    if (load.pumping) return;
    load.pumping = true;
    setImmediate(pump);
  };
  const pump = (): void => {
    load.pumping = false;
    while (load.inFlight < bounds.batchesInFlightMax) {
      const next = groups.entries().next();
      if (next.done) break;
      const [group, queue] = next.value;
      groups.delete(group);
      const batch = queue.splice(0, batchLength(queue, options.bytesOf, bounds));
      if (queue.length > 0) groups.set(group, queue);
      load.waiting -= batch.length;
      load.inFlight += 1;
      void run(group, batch).finally(() => {
        load.inFlight -= 1;
        schedule();
      });
    }
    if (load.inFlight === 0) for (const resolve of idle.splice(0)) resolve();
  };

  const run = async (group: string, batch: readonly Waiting<Item, Outcome>[]): Promise<void> => {
    try {
      const outcomes = await options.commit(
        group,
        batch.map(({ item }) => item),
      );
      if (outcomes.length !== batch.length) throw new Error('A commit must return one outcome per item.');
      batch.forEach(({ resolve }, index) => resolve(outcomes[index] as Outcome));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  return {
    submit(group, item) {
      if (load.waiting >= bounds.waitingBallotsMax) return Promise.reject(new Problem('busy', retrySoon()));
      return new Promise<Outcome>((resolve, reject) => {
        const queue = groups.get(group);
        if (queue) queue.push({ item, resolve, reject });
        else groups.set(group, [{ item, resolve, reject }]);
        load.waiting += 1;
        schedule();
      });
    },
    drained() {
      if (load.inFlight === 0 && load.waiting === 0) return Promise.resolve();
      return new Promise((resolve) => idle.push(resolve));
    },
    get waiting() {
      return load.waiting;
    },
  };
}

// At least one item, so that a single one above the byte limit is committed too.
function batchLength<Item, Outcome>(
  queue: readonly Waiting<Item, Outcome>[],
  bytesOf: (item: Item) => number,
  bounds: BatcherBounds,
): number {
  let bytes = 0;
  let length = 0;
  for (const { item } of queue) {
    bytes += bytesOf(item);
    if (length > 0 && (bytes > bounds.batchBytesMax || length >= bounds.batchBallotsMax)) break;
    length += 1;
  }
  return length;
}
