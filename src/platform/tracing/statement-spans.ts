// Spans of statements to PostgreSQL, by the name of the function that they call. Only those of a request or of an entry of
// a queue have one: the process asks its database by itself too, for the time.
import { inSpan } from './span.ts';
import type { SpanValues, Tracing } from './span.ts';

type Query = (...words: readonly unknown[]) => unknown;
type TracedPool = { query: unknown; on(event: 'connect', listener: (client: { query: unknown }) => void): unknown };

export function traceStatements(tracing: Tracing | undefined, pools: readonly TracedPool[]): void {
  if (!tracing) return;
  for (const pool of pools) {
    trace(pool, tracing);
    pool.on('connect', (client) => trace(client, tracing));
  }
}

/** A pool passes one statement to a client with a callback: that one has its span already. */
function trace(connection: { query: unknown }, tracing: Tracing): void {
  const query = (connection.query as Query).bind(connection);
  connection.query = (...words: readonly unknown[]): unknown => {
    if (!tracing.isRunning() || words.some((word) => typeof word === 'function')) return query(...words);
    const name = statementName(words[0]);
    const span = tracing.begin(name, 'client', { 'db.operation.name': name });
    return inSpan(span, () => query(...words) as Promise<unknown>, { ofError });
  };
}

/** The function that a statement calls, or else its first word. Texts of statements hold no values, and are not shown. */
export function statementName(statement: unknown): string {
  const text = typeof statement === 'string' ? statement : (statement as { text?: unknown } | null)?.text;
  if (typeof text !== 'string') return 'statement';
  return /\bpv\.[a-z_]+/.exec(text)?.[0] ?? /^\s*([a-z]+)\b/i.exec(text)?.[1]?.toLowerCase() ?? 'statement';
}

/** The SQLSTATE. Messages of the database may quote what was sent. */
function ofError(error: unknown): SpanValues {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? { 'db.response.status_code': code } : {};
}
