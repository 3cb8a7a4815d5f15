// The order in which requests of voters begin when more come than a process can handle. Node accepts one connection in each
// turn of its event loop (libuv since 1.45), so long turns keep new connections, also those of casts, from being accepted:
// in one turn, work begins for a short time only. The rest waits in order of its priority, and for a bounded time.

/** Time in one turn of the event loop in which work begins, in milliseconds. */
const turnMsMax = 0.5;
/** Longest wait, in milliseconds. Work that waited longer is rejected. */
const beginnersWaitMsMax = 500;
const waitMsMax = 2_000;

/** `first`: voters who begin. `last`: voters who have begun. `never`: casts, which have bounds of their own. */
export const workOrders = ['first', 'last', 'never'] as const;
export type WorkOrder = (typeof workOrders)[number];

type Work = {
  readonly sinceMs: number;
  readonly begin: () => void;
  /** Called instead of `begin` after too long a wait. */
  readonly reject: () => void;
};

export type WorkQueue = {
  /** Begins at once if the turn has time and nothing waits, else in its order. */
  add(order: WorkOrder, begin: () => void, reject: () => void): void;
  /** How long the oldest of those who begin has waited, in parts of the longest wait. */
  beginnersLateness(): number;
};

export function createWorkQueue(): WorkQueue {
  const beginners = { waitMsMax: beginnersWaitMsMax, items: new Set<Work>() };
  const byOrder: Readonly<Record<WorkOrder, typeof beginners>> = {
    never: { waitMsMax, items: new Set() },
    last: { waitMsMax, items: new Set() },
    first: beginners,
  };
  // Casts before all others.
  const queues = [byOrder.never, byOrder.last, byOrder.first];
  let size = 0;
  let usedMs = 0;
  let isScheduled = false;

  const start = (begin: () => void): void => {
    const from = performance.now();
    begin();
    usedMs += performance.now() - from;
  };
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(turn);
  };
  const rejectLate = (): void => {
    const now = performance.now();
    for (const queue of queues) {
      for (const work of queue.items) {
        if (now - work.sinceMs <= queue.waitMsMax) break;
        queue.items.delete(work);
        size -= 1;
        work.reject();
      }
    }
  };
  const turn = (): void => {
    isScheduled = false;
    usedMs = 0;
    if (size === 0) return;
    for (const { items } of queues) {
      for (const work of items) {
        if (usedMs >= turnMsMax) break;
        items.delete(work);
        size -= 1;
        start(work.begin);
      }
    }
    // Only what this turn had no time for: after a pause of the whole process nothing is late that can begin now.
    rejectLate();
    schedule();
  };
  return {
    add(order, begin, reject) {
      if (size === 0 && usedMs < turnMsMax) start(begin);
      else {
        size += 1;
        byOrder[order].items.add({ sinceMs: performance.now(), begin, reject });
      }
      schedule();
    },
    beginnersLateness() {
      const [oldest] = beginners.items;
      return oldest ? (performance.now() - oldest.sinceMs) / beginnersWaitMsMax : 0;
    },
  };
}
