// What metrics show of a database or another service. Who reads metrics does not wait for it.

/** From one reading to the next, in milliseconds. */
const readAgainMs = 60_000;

/**
 * Returns what the last reading gave, and starts the next one where it is due. Undefined before the first one; one that fails
 * changes nothing.
 */
export function createPacedReading<Value>(read: () => Promise<Value>): () => Value | undefined {
  let dueMs = -Infinity;
  let last: Value | undefined;
  return () => {
    if (performance.now() < dueMs) return last;
    dueMs = performance.now() + readAgainMs;
    void read().then(
      (value) => (last = value),
      () => undefined,
    );
    return last;
  };
}
