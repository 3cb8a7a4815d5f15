// Items that wait for a batch, by group. They wait for a bounded time, and an item that no caller waits for is dropped. Both
// are certain, because what waits here was not committed. They are served in order until the oldest has waited for long:
// then the newest come first. In order, each would be served when its time is almost over, and a little more delay would
// make every answer too late.

/** Wait of the oldest from which the newest are served first, in milliseconds. */
const inOrderMsMax = 500;

export type WaitingItem<Item, Outcome> = {
  readonly item: Item;
  readonly sinceMs: number;
  /** Whether a caller still waits for the outcome. */
  readonly isAwaited: () => boolean;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
};

export type WaitingItems<Item, Outcome> = {
  add(group: string, item: WaitingItem<Item, Outcome>): void;
  /** Takes the next batch, or null if none waits. Groups take turns. */
  take(): { readonly group: string; readonly batch: readonly WaitingItem<Item, Outcome>[] } | null;
  /** Removes all items that waited too long or are not awaited. */
  dropStale(): void;
  /** Since when the oldest waits, by performance.now(), in milliseconds; Infinity if none waits. */
  oldestMs(): number;
  /** Batches that the items fill. */
  batches(): number;
  readonly size: number;
};

export function createWaitingItems<Item, Outcome>(options: {
  /** How many items at the head of a queue are one batch. */
  readonly batchLength: (queue: readonly WaitingItem<Item, Outcome>[]) => number;
  readonly batchItemsMax: number;
  /** Longest wait, in milliseconds. */
  readonly waitMsMax: number;
  /** Called for items that are dropped, before they leave. */
  readonly onDrop: (items: readonly WaitingItem<Item, Outcome>[]) => void;
}): WaitingItems<Item, Outcome> {
  // The first group in the map is next, and moves to the end after its batch.
  const groups = new Map<string, WaitingItem<Item, Outcome>[]>();
  let size = 0;
  const withoutStale = (queue: WaitingItem<Item, Outcome>[]): WaitingItem<Item, Outcome>[] => {
    const fromMs = performance.now() - options.waitMsMax;
    const stale = new Set(queue.filter(({ sinceMs, isAwaited }) => sinceMs <= fromMs || !isAwaited()));
    if (stale.size === 0) return queue;
    options.onDrop([...stale]);
    size -= stale.size;
    return queue.filter((item) => !stale.has(item));
  };
  return {
    add(group, item) {
      const queue = groups.get(group);
      if (queue) queue.push(item);
      else groups.set(group, [item]);
      size += 1;
    },
    take() {
      for (const [group, whole] of groups) {
        const queue = withoutStale(whole);
        groups.delete(group);
        const [oldest] = queue;
        const newestFirst = oldest !== undefined && performance.now() - oldest.sinceMs > inOrderMsMax;
        if (newestFirst) queue.reverse();
        const batch = queue.splice(0, options.batchLength(queue));
        if (newestFirst) queue.reverse();
        if (queue.length > 0) groups.set(group, queue);
        size -= batch.length;
        if (batch.length > 0) return { group, batch };
      }
      return null;
    },
    dropStale() {
      for (const [group, whole] of groups) {
        const queue = withoutStale(whole);
        if (queue.length > 0) groups.set(group, queue);
        else groups.delete(group);
      }
    },
    oldestMs: () => Math.min(Infinity, ...[...groups.values()].map(([oldest]) => oldest?.sinceMs ?? Infinity)),
    batches() {
      let batches = 0;
      for (const queue of groups.values()) batches += Math.ceil(queue.length / options.batchItemsMax);
      return batches;
    },
    get size() {
      return size;
    },
  };
}
