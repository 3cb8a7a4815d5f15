// Keeps one process running: if it ends unexpectedly it is started again, after a growing pause, until `stop`. The
// first start must succeed. Failures of later ones are reported, and the start is tried again.
import { setTimeout as pause } from 'node:timers/promises';

/** Pauses before a second restart in a row, and the longest, in milliseconds. */
const firstPauseMs = 200;
const pauseMsMax = 10_000;
/**
 * After a run of this length the next restart is without a pause again, in milliseconds. Long enough that a start every time
 * takes a fifth of a processor at most, and short, because voting waits for the slowest of six processes.
 */
const stableMs = 5_000;

export type Instance = {
  readonly pid: number;
  /** Resolves, never rejects, with the reason of the end. */
  readonly ended: Promise<string>;
  /** Ends it gently, or at once when `hurry` aborts. */
  stop(hurry: AbortSignal): Promise<void>;
};

export type KeptInstance<Kind extends Instance> = {
  readonly name: string;
  current(): Kind;
  stop(hurry: AbortSignal): Promise<void>;
};

export async function keepRunning<Kind extends Instance>(
  name: string,
  start: () => Promise<Kind>,
  say: (line: string) => void,
  /** Instead of the bound, in milliseconds. */
  stable = stableMs,
): Promise<KeptInstance<Kind>> {
  let current = await start();
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const watch = async (): Promise<void> => {
    let failures = 0;
    while (!isStopping()) {
      const startedMs = performance.now();
      const how = await current.ended;
      if (isStopping()) return;
      failures = performance.now() - startedMs > stable ? 0 : failures;
      say(`${name} ended (${how}). It is started again.`);
      failures = await restart(failures);
    }
  };
  // Returns the number of failures in a row, this one included.
  const restart = async (failuresBefore: number): Promise<number> => {
    for (let failures = failuresBefore; ; failures += 1) {
      // After a stable run it is replaced at once.
      const ms = failures === 0 ? 0 : Math.min(firstPauseMs * 2 ** Math.min(failures - 1, 10), pauseMsMax);
      await pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (isStopping()) return failures;
      try {
        current = await start();
        say(`${name} runs again (process ${current.pid}).`);
        return failures + 1;
      } catch (error) {
        say(`${name} did not start: ${error instanceof Error ? error.message : 'unknown'}`);
      }
    }
  };
  const watching = watch();
  return {
    name,
    current: () => current,
    async stop(hurry) {
      stopping.abort();
      const stopped = current;
      await stopped.stop(hurry);
      await watching;
      // A restart may have been in progress at the time of the stop.
      if (current !== stopped) await current.stop(hurry);
    },
  };
}
