// Log lines as JSON by pino. Only named fields are logged: no body, no header, no query, no error detail of a database
// (which quotes values). An identity number, a phone, a choice, a code, a token or a ballot key must never be logged.
import pino from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type { Logger };

export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorForLog, error: errorForLog },
  };
  return destination ? pino(options, destination) : pino(options);
}

type LoggedError = { type: string; code?: string; message: string; stack?: string; cause?: LoggedError };

/** Number of nested causes that are logged. */
const causesMax = 3;

/**
 * Type, code, message and stack of an error. Other properties are dropped, and so is a message that quotes its input.
 */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'a value that is not an Error was thrown' };
  const { code } = error as { code?: unknown };
  const message = quotesInput(error) ? 'not logged: such messages quote their input' : error.message;
  // A stack begins with the message, which may have several lines, followed by the frames.
  const frames = error.stack?.slice(error.stack.search(/^ {4}at /m));
  return {
    type: error.name,
    message,
    ...(typeof code === 'string' && { code }),
    ...(frames?.startsWith('    at ') && { stack: frames }),
    ...(error.cause !== undefined && depth < causesMax && { cause: errorForLog(error.cause, depth + 1) }),
  };
}

// PostgreSQL ('invalid input syntax for type integer: "…"'), Redis ("unknown command …, with args beginning with: …")
// and JSON.parse ('Unexpected token … "…" is not valid JSON') put values into the message itself.
function quotesInput(error: Error): boolean {
  const fromDatabase = 'severity' in error && 'routine' in error;
  return error instanceof SyntaxError || fromDatabase || error.message.includes('args beginning with');
}
