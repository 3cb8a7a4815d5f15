// Pauses between tries: full jitter, so that voters whose requests failed together do not retry together. A pause ends
// early when there is a reason to try again.
import type { Outcome } from './calls.ts';

/** Full jitter: a random time from 0 to a limit that doubles with each failure, in milliseconds. */
export function jitterMs(failures: number, firstMs: number, mostMs: number): number {
  return Math.random() * Math.min(mostMs, firstMs * 2 ** Math.min(failures, 16));
}

/** The pause before a call is repeated: what the service asked for, and the jitter, in milliseconds. */
export function retryPause(outcome: Outcome<unknown>, ms: number, signal?: AbortSignal): Promise<void> {
  return pause(ms, signal, outcome.kind === 'rejection' ? outcome.rejection.retryAfterMs : 0);
}

/**
 * Waits this time, or until the connection returns, the page becomes visible or the signal aborts. Before it passes the time
 * that a server asked for, which only the signal ends.
 */
export function pause(ms: number, signal?: AbortSignal, serverMs = 0): Promise<void> {
  const endMs = Date.now() + serverMs;
  return new Promise((resolve) => {
    const ended = new AbortController();
    const done = (): void => {
      clearTimeout(timer);
      ended.abort();
      resolve();
    };
    const timer = setTimeout(done, serverMs + ms);
    if (signal?.aborted) done();
    signal?.addEventListener('abort', done, { signal: ended.signal });
    onReturn(() => setTimeout(done, endMs - Date.now()), ended.signal);
  });
}

/**
 * Calls back when the connection returns or the page becomes visible again. Phones stop a page's requests while another
 * program is in front, often without an event, and a page from the back-forward cache gets `pageshow` only.
 */
export function onReturn(callback: () => void, signal: AbortSignal): void {
  addEventListener('online', callback, { signal });
  addEventListener('pageshow', (event) => event.persisted && callback(), { signal });
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && callback(), { signal });
}
