// Statements whose outcome someone is told. A notice (such as that a wait for a standby was cancelled), a timeout or a
// broken connection means that nobody knows what was committed: it is an error, the connection is thrown away, and it
// never becomes a yes.
import type { QueryConfig, QueryResultRow } from 'pg';
import type { Pool } from './database.ts';

/** The server said something beside the answer: the commit may not be what it seems. */
export class NoticeReceived extends Error {
  constructor() {
    super('a notice came with the answer');
    this.name = 'NoticeReceived';
  }
}

/**
 * Runs one statement in a transaction of its own and returns its rows once they are committed. The driver resolves at
 * ReadyForQuery, after the commit, so that a notice of the commit has come by then.
 */
export async function certainRows<Row extends QueryResultRow>(pool: Pool, query: QueryConfig): Promise<Row[]> {
  const client = await pool.connect();
  const heard = { notices: 0, certain: false };
  const onNotice = (): void => void (heard.notices += 1);
  // A connection that breaks says so twice: the query fails, and an event that ends the process where nobody listens.
  const onError = (): void => undefined;
  client.on('notice', onNotice).on('error', onError);
  try {
    const { rows } = await client.query<Row>(query);
    if (heard.notices > 0) throw new NoticeReceived();
    heard.certain = true;
    return rows;
  } finally {
    client.off('notice', onNotice).off('error', onError);
    client.release(!heard.certain);
  }
}

/** The SQLSTATE of a rejection by the server, or undefined where the error is not one. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && typeof severity === 'string' ? code : undefined;
}
