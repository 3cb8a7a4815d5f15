// Slots for work that may run at the same time. Work that finds none free waits in order, for a bounded time.

export type Slots = {
  /** Resolves with true once a slot is taken, or with false if none became free within `msMax` milliseconds. */
  take(msMax: number): Promise<boolean>;
  give(): void;
};

export function createSlots(slotsMax: number): Slots {
  const waiting = new Set<() => void>();
  let used = 0;
  return {
    take(msMax) {
      if (used < slotsMax) {
        used += 1;
        return Promise.resolve(true);
      }
      return new Promise((resolve) => {
        const next = (): void => {
          clearTimeout(late);
          resolve(true);
        };
        const late = setTimeout(() => {
          waiting.delete(next);
          resolve(false);
        }, msMax);
        waiting.add(next);
      });
    },
    give() {
      const next = waiting.values().next();
      if (next.done) {
        used -= 1;
        return;
      }
      // The slot passes to the one that has waited longest.
      waiting.delete(next.value);
      next.value();
    },
  };
}
