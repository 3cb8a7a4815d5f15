// Repeats a step for ever: at once while there is more to do, after a pause otherwise, and after a failure too. Stopping
// waits for the step in progress.
import { setTimeout as pause } from 'node:timers/promises';

export type Loop = { stop(): Promise<void> };

export function startLoop(options: {
  /** Returns whether there is more to do at once. Must not throw. */
  readonly step: () => Promise<boolean>;
  readonly pauseMs: number;
}): Loop {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if (await options.step()) continue;
      await pause(options.pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const done = run();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}
