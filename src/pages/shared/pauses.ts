// Pauses between tries: full jitter, so that voters who failed together do not come back together, cut short the moment
// that there is a reason to look again.

/** Full jitter: anything from nothing to a bound that doubles with each failure, in milliseconds. */
export function jitterMs(failures: number, firstMs: number, mostMs: number): number {
  return Math.random() * Math.min(mostMs, firstMs * 2 ** Math.min(failures, 16));
}

/** Waits so long, or until the connection or the reader comes back, or the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const done = (): void => {
      clearTimeout(timer);
      ended.abort();
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal.aborted) done();
    signal.addEventListener('abort', done, { signal: ended.signal });
    onReturn(done, ended.signal);
  });
}

/**
 * Calls back when the connection is there again or the page is looked at again. Phones stop a page's requests while
 * another program is in front, often without telling it, and a page from the back-forward cache gets `pageshow` only.
 */
export function onReturn(back: () => void, signal: AbortSignal): void {
  addEventListener('online', back, { signal });
  addEventListener('pageshow', (event) => event.persisted && back(), { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && back(), { signal });
}
