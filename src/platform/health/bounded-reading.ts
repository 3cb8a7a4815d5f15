// What metrics show of a database or a disk at the moment of a scrape. A scrape waits for it only so long that it ends within the
// time that Prometheus gives it: a dependency that hangs must not take the other metrics of the process with it.

/** Longest wait of one scrape, in milliseconds. Prometheus gives up after ten seconds. */
export const readingMsMax = 2_000;

/**
 * Returns the value, or undefined where the reading fails or is late. A late one is awaited again by the next scrape: a second
 * one beside it would take one more connection.
 */
export function createBoundedReading<Value>(
  read: () => Promise<Value>,
  msMax = readingMsMax,
): () => Promise<Value | undefined> {
  let underWay: Promise<Value | undefined> | undefined;
  return async () => {
    underWay ??= read()
      .catch(() => undefined)
      .finally(() => (underWay = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), msMax);
    });
    try {
      return await Promise.race([underWay, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}
