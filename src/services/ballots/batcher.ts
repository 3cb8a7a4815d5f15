// Self-clocked batches: what arrives while one batch commits forms the next. There is no timer: a lone item goes at the
// end of the event loop's turn, together with whatever else was read from sockets in that turn, and under a rush a batch
// grows to what one commit can carry. Generic over the commit, knows no ballot.
import { Problem } from '../../protocol/problem.ts';
import { retrySoon } from '../../platform/http/problems.ts';

export type BatcherOptions<Item, Outcome> = {
  /** Commits items of one group and returns the outcome of each, in order. */
  readonly commit: (group: string, items: readonly Item[]) => Promise<readonly Outcome[]>;
  readonly bytesOf: (item: Item) => number;
  readonly bounds?: Partial<BatcherBounds>;
};

export type BatcherBounds = {
  /** Most items in one batch: the database takes 2,000. */
  readonly batchBallotsMax: number;
  /** Most bytes in one batch, for items that are large. */
  readonly batchBytesMax: number;
  /** Batches that commit at the same time; more only splits them. */
  readonly batchesInFlightMax: number;
  /** Items that wait; beyond them new ones are refused as `busy`, since waiting longer helps nobody. */
  readonly waitingBallotsMax: number;
};
export const batcherBounds: BatcherBounds = {
  batchBallotsMax: 1_000,
  batchBytesMax: 1_048_576,
  batchesInFlightMax: 2,
  waitingBallotsMax: 10_000,
};

export type Batcher<Item, Outcome> = {
  /** Resolves with the item's own outcome; rejects with `busy` when too many wait, or with what the commit threw. */
  submit(group: string, item: Item): Promise<Outcome>;
  /** Resolves when nothing waits or commits any more. */
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
  // Groups take turns: the first in the map is next, and goes to the end when it has had a batch.
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
      if (outcomes.length !== batch.length) throw new Error('A commit must answer for each item.');
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

// At least one item, so that a single large one still goes.
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
