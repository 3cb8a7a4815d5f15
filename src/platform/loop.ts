// Work that a service repeats beside requests: one turn, a pause, the next turn. A turn that throws is reported, and
// the loop continues. Stopping ends the pause at once, aborts the signal and waits for the turn in flight.
import { setImmediate as nextTick, setTimeout as pause } from 'node:timers/promises';

/** Longest pause between two turns, in milliseconds: a longer timer would overflow and fire at once. */
const pauseMsMax = 3_600_000;

export type Loop = {
  /** Begins with a turn at once. Does nothing while the loop runs. */
  start(): void;
  /** Runs a turn now, or joins the one in flight: two turns never overlap. Never rejects. */
  turnNow(): Promise<void>;
  /** Resolves when no turn is in flight. It is safe to call twice, or before `start`. */
  stop(): Promise<void>;
};

export type LoopOptions = {
  /**
   * Runs one turn and returns the pause before the next one, in milliseconds; 0 starts it at once. A turn must bound
   * its waits. The signal aborts when the loop stops.
   */
  readonly turn: (signal: AbortSignal) => Promise<number>;
  /** Pause after a turn that threw, in milliseconds. */
  readonly failureMs: number;
  /** Reports an error of a turn; must not throw. The signal is aborted if the loop is stopping. */
  readonly onError: (error: unknown, signal: AbortSignal) => void;
};

export function createLoop({ turn, failureMs, onError }: LoopOptions): Loop {
  let stopping = new AbortController();
  let inFlight: Promise<number> | undefined;
  let running: Promise<void> | undefined;

  const turnOnce = async (signal: AbortSignal): Promise<number> => {
    try {
      return await turn(signal);
    } catch (error) {
      onError(error, signal);
      return failureMs;
    }
  };
  const join = (): Promise<number> => {
    inFlight ??= turnOnce(stopping.signal).finally(() => (inFlight = undefined));
    return inFlight;
  };
  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const ms = await join();
      // Without a pause too, requests and timers get their turn.
      if (ms <= 0) await nextTick();
      else await pause(Math.min(ms, pauseMsMax), undefined, { signal, ref: false }).catch(() => undefined);
    }
  };
  return {
    start() {
      if (running) return;
      stopping = new AbortController();
      running = run(stopping.signal);
    },
    async turnNow() {
      await join();
    },
    async stop() {
      stopping.abort();
      await running;
      running = undefined;
      await inFlight;
    },
  };
}
