// One table of the errors of PostgreSQL, Redis and other services that mean "slow, full or down" and not "a bug". Such
// an error is answered with 503 in every service. Drivers are recognised by codes, names and messages, because only the
// store may import the driver of PostgreSQL.
import { Problem, problems } from '../protocol/problem.ts';

/**
 * `nothing-changed`: the dependency refused, was never reached, or was only read. `unknown`: a change may have been
 * made, and its answer was lost.
 */
export type DependencyFailure = 'nothing-changed' | 'unknown';

/** Errors by name. Statements that change something throw `OutcomeUnknown` after a lost answer (store/certain-query). */
export const failuresByName = {
  OutcomeUnknown: 'unknown',
  CallFailed: 'unknown',
  MaxRetriesPerRequestError: 'nothing-changed',
  AbortError: 'nothing-changed',
  NoReply: 'nothing-changed',
  SchemaTooOld: 'nothing-changed',
  NoWritableServer: 'nothing-changed',
  ReadTooLate: 'nothing-changed',
} as const satisfies Readonly<Record<string, DependencyFailure>>;

/** SQLSTATE of PostgreSQL (appendix A of its manual): whole classes by two characters, single codes by five. */
export const sqlStates: ReadonlySet<string> = new Set([
  '08', // connection exception
  '53', // insufficient resources: too many connections, memory, disk
  '57', // operator intervention: statement timeout, shutdown, start
  '58', // system error outside of PostgreSQL
  '25006', // read-only transaction: a standby that is not promoted yet
  '25P03', // idle in transaction for too long
  '25P04', // transaction for too long
  '40001', // serialization failure
  '40003', // completion of the statement unknown
  '40P01', // deadlock
  '55P03', // lock not available in time
]);

/** Messages of pg and pg-pool for errors that have no code. */
export const postgresMessages: ReadonlySet<string> = new Set([
  'timeout exceeded when trying to connect',
  'Connection terminated due to connection timeout',
  'timeout expired',
  'Query read timeout',
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
]);

/** Messages of ioredis for errors that have no code. */
export const redisMessages: ReadonlySet<string> = new Set([
  'Command timed out',
  'Connection is closed.',
  "Stream isn't writeable and enableOfflineQueue options is false",
]);

/** First words of replies of Redis that mean that it cannot work now (errors of the protocol). */
export const redisReplies: ReadonlySet<string> = new Set([
  'LOADING',
  'OOM',
  'READONLY',
  'BUSY',
  'MASTERDOWN',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'NOREPLICAS',
  'MISCONF',
  'EXECABORT',
  'UNBLOCKED',
]);

/** Codes of Node for connections that fail or end. */
export const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
/** Code of a call for which no connection became free in time. */
export const noFreeConnectionCode = 'ERR_NO_FREE_CONNECTION';
/** Codes of attempts to connect: the request was never sent. */
const neverSentCodes: ReadonlySet<string> = new Set([
  noFreeConnectionCode,
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What is known after an error of a dependency; null if the error is not one: then it is a bug. */
export function dependencyFailure(error: unknown): DependencyFailure | null {
  if (!(error instanceof Error)) return null;
  const { name, message } = error;
  const { code, severity, nothingChanged } = error as { code?: unknown; severity?: unknown; nothingChanged?: unknown };
  const byName = failureByName(name);
  if (byName === 'unknown') return nothingChanged === true ? 'nothing-changed' : 'unknown';
  const isFailure =
    byName !== null ||
    postgresMessages.has(message) ||
    redisMessages.has(message) ||
    (name === 'ReplyError' && redisReplies.has(message.split(' ', 1)[0] ?? '')) ||
    (typeof code === 'string' && (typeof severity === 'string' ? isTransient(code) : networkCodes.has(code)));
  return isFailure ? 'nothing-changed' : null;
}

/** Whether a dependency or another service is slow, full or down, by its error or by its answer. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof Problem ? problems[error.code].status >= 500 : dependencyFailure(error) !== null;

const failureByName = (name: string): DependencyFailure | null =>
  Object.hasOwn(failuresByName, name) ? failuresByName[name as keyof typeof failuresByName] : null;

const isTransient = (sqlState: string): boolean => sqlStates.has(sqlState) || sqlStates.has(sqlState.slice(0, 2));

/** Whether an error occurred before the request was sent. */
export function neverSent(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && neverSentCodes.has(code);
}
