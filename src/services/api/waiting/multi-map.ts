// A map with several values per key, for long-polls by the code of their text. Most keys have one value, which is stored
// without a list: at twenty thousand long-polls a set for each key would cost more memory than the long-polls.

/** A map from a name to one or several values. */
export class MultiMap<Value extends object> {
  readonly #entries = new Map<string, Value | Value[]>();

  add(name: string, value: Value): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) this.#entries.set(name, value);
    else if (Array.isArray(entry)) entry.push(value);
    else this.#entries.set(name, [entry, value] as Value[]);
  }

  remove(name: string, value: Value): void {
    const entry = this.#entries.get(name);
    if (entry === value) this.#entries.delete(name);
    else if (Array.isArray(entry)) {
      const rest = entry.filter((other) => other !== value);
      const [only] = rest;
      if (rest.length > 1) this.#entries.set(name, rest);
      else if (only === undefined) this.#entries.delete(name);
      else this.#entries.set(name, only);
    }
  }

  /** A copy, so that the caller may remove values during an iteration. */
  get(name: string): readonly Value[] {
    const entry = this.#entries.get(name);
    if (entry === undefined) return [];
    return Array.isArray(entry) ? [...entry] : [entry];
  }

  get size(): number {
    return this.#entries.size;
  }
}
