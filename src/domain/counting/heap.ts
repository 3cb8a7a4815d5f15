// A binary heap: the first of many items that change one at a time, in logarithmic time.

export type Heap<Item> = {
  /** The first item; undefined if none remains. */
  first(): Item | undefined;
  /** Moves the first item to its new position after its rank fell. */
  sink(): void;
  /** Removes the first item. */
  remove(): void;
};

/** A heap over a copy of the list. `before` is a strict order; items that it does not order come in any order. */
export function createHeap<Item>(list: readonly Item[], before: (a: Item, b: Item) => boolean): Heap<Item> {
  const items = [...list];
  const sink = (from: number): void => {
    const item = items[from];
    if (item === undefined) return;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      let best = items[child];
      if (best === undefined) break;
      const right = items[child + 1];
      if (right !== undefined && before(right, best)) {
        best = right;
        child += 1;
      }
      if (!before(best, item)) break;
      items[place] = best;
      place = child;
    }
    items[place] = item;
  };
  for (let place = (items.length >> 1) - 1; place >= 0; place -= 1) sink(place);
  return {
    first: () => items[0],
    sink: () => sink(0),
    remove() {
      const last = items.pop();
      if (last === undefined || items.length === 0) return;
      items[0] = last;
      sink(0);
    },
  };
}
