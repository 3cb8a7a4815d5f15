// Logs a fault that lasts once. Work that is repeated each second would otherwise fill the log with one line, and hide the
// others.
import type { Logger } from './logger.ts';

/** A fault that still lasts after this time is logged again, in milliseconds. */
const repeatMs = 3_600_000;
/** Most parts of which the last fault is remembered. Beyond it the oldest is forgotten, and logged again. */
const partsMax = 1_000;

export type FaultLog = {
  /** Logs the fault of a part of the work, unless it is the one that was logged last: by its error, event and facts. */
  failed(part: string, error: unknown, event: string, about?: object): void;
  /** The part succeeded: its next fault is a new one. */
  succeeded(part: string): void;
};

export function createFaultLog(logger: Logger, level: 'error' | 'warn' = 'error'): FaultLog {
  const last = new Map<string, { readonly text: string; readonly atMs: number }>();
  return {
    failed(part, error, event, about = {}) {
      const text = `${event} ${textOf(error)} ${JSON.stringify(about)}`;
      const before = last.get(part);
      if (before?.text === text && performance.now() - before.atMs < repeatMs) return;
      last.delete(part);
      const [oldest] = last.size >= partsMax ? last.keys() : [];
      if (oldest !== undefined) last.delete(oldest);
      last.set(part, { text, atMs: performance.now() });
      logger[level]({ ...(error !== undefined && { err: error }), ...about }, event);
    },
    succeeded(part) {
      last.delete(part);
    },
  };
}

/** What tells one fault from another. Several faults of one step are an AggregateError. */
function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join('; ');
  return error instanceof Error ? `${error.name} ${error.message}` : '';
}
