// Log lines as JSON by pino. Only what is named is logged: no body, no header, no query, no error detail of a database
// (which quotes values). An identity number, a phone, a choice, a code, a token or a ballot key must never pass here.
import pino from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type { Logger };

export function createLogger(service: string, level: string, destination?: DestinationStream): Logger {
  const options = {
    name: service,
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: errorForLog, error: errorForLog },
  };
  return destination ? pino(options, destination) : pino(options);
}

type LoggedError = { type: string; code?: string; message: string; stack?: string; cause?: LoggedError };

/** Kind, code, message and stack of an error; nothing else that hangs on it. */
export function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'a value that is not an Error was thrown' };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' && { code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && depth < 3 && { cause: errorForLog(error.cause, depth + 1) }),
  };
}
