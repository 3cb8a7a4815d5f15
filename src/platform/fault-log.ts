// Logs a fault that lasts once. Work that is repeated each second, and the calls of many voters, would otherwise fill the log
// with one line, and hide the others.
import type { Logger } from './logger.ts';

/** A fault that still lasts after this time is logged again, in milliseconds. */
const repeatMs = 3_600_000;
/** The same of calls, whose successes come between their faults and do not end one, in milliseconds. */
const callRepeatMs = 60_000;
/** Most parts of which faults are remembered. Beyond it the oldest is forgotten, and logged again. */
const partsMax = 1_000;
/** Most faults that are remembered of one part. */
const faultsOfPartMax = 10;

type FaultLogger = Pick<Logger, 'error' | 'warn'>;
type Fault = readonly [part: string, error: unknown, event: string, about?: object];

export type FaultMemory = {
  /** Whether a fault of a part of the work is new: by its error, event and facts. It is then remembered. */
  isNew(...fault: Fault): boolean;
  /** The part succeeded: its next fault is a new one. Returns whether it had one. */
  succeeded(part: string): boolean;
};
export type FaultLog = Pick<FaultMemory, 'succeeded'> & {
  /** Logs the fault of a part of the work if it is new. */
  failed(...fault: Fault): void;
};
/** Runs one part of repeated work. Returns undefined if it failed, so that the next part runs all the same. */
export type Attempt = <Result>(part: string, work: () => Promise<Result>) => Promise<Result | undefined>;
/** The faults of calls, each at most once a minute. */
export type CallFaultLog = Pick<FaultLog, 'failed'>;

export function createFaultMemory(everyMs = repeatMs): FaultMemory {
  const parts = new Map<string, Map<string, number>>();
  return {
    isNew(part, error, event, about = {}) {
      const text = `${event} ${textOf(error)} ${JSON.stringify(about)}`;
      const loggedAtMs = parts.get(part) ?? new Map<string, number>();
      const atMs = loggedAtMs.get(text);
      if (atMs !== undefined && performance.now() - atMs < everyMs) return false;
      putNewest(loggedAtMs, text, performance.now(), faultsOfPartMax);
      putNewest(parts, part, loggedAtMs, partsMax);
      return true;
    },
    succeeded: (part) => parts.delete(part),
  };
}

export const createFaultLog = (logger: FaultLogger, level: 'error' | 'warn' = 'error'): FaultLog =>
  faultLogOf(createFaultMemory(), logger, level);

export const createCallFaultLog = (logger: FaultLogger, level: 'error' | 'warn' = 'warn'): CallFaultLog =>
  faultLogOf(createFaultMemory(callRepeatMs), logger, level);

export const createCallFaultMemory = (): Pick<FaultMemory, 'isNew'> => createFaultMemory(callRepeatMs);

/** Logs what fails as `event`, with the name of the part: each fault once while it lasts. `onFailure` is called each time. */
export function createAttempt(faults: FaultLog, event: string, onFailure: () => void): Attempt {
  return async (part, work) => {
    try {
      const result = await work();
      faults.succeeded(part);
      return result;
    } catch (error) {
      onFailure();
      faults.failed(part, error, event, { part });
      return undefined;
    }
  };
}

function faultLogOf(memory: FaultMemory, logger: FaultLogger, level: 'error' | 'warn'): FaultLog {
  return {
    failed(part, error, event, about) {
      if (memory.isNew(part, error, event, about))
        logger[level]({ ...(error !== undefined && { err: error }), ...about }, event);
    },
    succeeded: (part) => memory.succeeded(part),
  };
}

function putNewest<Value>(all: Map<string, Value>, key: string, value: Value, most: number): void {
  all.delete(key);
  const [oldest] = all.size >= most ? all.keys() : [];
  if (oldest !== undefined) all.delete(oldest);
  all.set(key, value);
}

/** The text by which two faults are compared. Several faults of one step are an AggregateError. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ');
  return error instanceof Error ? `${error.name} ${error.message}` : '';
}
