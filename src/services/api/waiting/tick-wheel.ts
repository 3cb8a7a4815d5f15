// One timer for all long-polls. Each is stored under the quarter second in which it is due. A timer per request would
// make the runtime keep a list for every distinct duration.

/** Width of a tick, in milliseconds. A wait may end late by this much. */
export const tickMs = 250;

export class TickWheel<Item> {
  readonly #ticks = new Map<number, Set<Item>>();
  readonly #due: (item: Item) => void;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  #size = 0;

  constructor(due: (item: Item) => void) {
    this.#due = due;
  }

  /** Stores an item, due in `delayMs` milliseconds. Returns its tick, which `remove` requires. */
  add(item: Item, delayMs: number): number {
    const now = currentTick();
    // Rounded up, and never into the tick that is being processed.
    const tick = now + Math.max(1, Math.ceil(delayMs / tickMs));
    const items = this.#ticks.get(tick);
    if (items) items.add(item);
    else this.#ticks.set(tick, new Set([item]));
    this.#size += 1;
    if (!this.#timer) {
      this.#last = now;
      this.#timer = setInterval(() => this.#turn(), tickMs);
      this.#timer.unref();
    }
    return tick;
  }

  remove(item: Item, tick: number): void {
    const items = this.#ticks.get(tick);
    if (!items?.delete(item)) return;
    this.#size -= 1;
    if (items.size === 0) this.#ticks.delete(tick);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#ticks.clear();
    this.#size = 0;
  }

  // Processes every tick since the last turn. A busy process may skip some.
  #turn(): void {
    const now = currentTick();
    for (; this.#last < now; this.#last += 1) {
      const items = this.#ticks.get(this.#last + 1);
      if (!items) continue;
      this.#ticks.delete(this.#last + 1);
      this.#size -= items.size;
      for (const item of items) this.#due(item);
    }
    if (this.#size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }
}

const currentTick = (): number => Math.floor(performance.now() / tickMs);
