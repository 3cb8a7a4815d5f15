// Statements whose outcome is reported to a client. After a notice (such as a cancelled wait for a standby), a timeout
// or a broken connection it is unknown what was committed: it is an error, the connection is discarded, and it never
// counts as success.
import type { QueryConfig, QueryResultRow } from 'pg';
import type { Pool } from './database.ts';

/** The server sent something beside the answer, so the commit may not be durable. */
export class NoticeReceived extends Error {
  constructor() {
    super('a notice came with the answer');
    this.name = 'NoticeReceived';
  }
}

/**
 * Runs one statement in a transaction of its own and returns its rows once they are committed. The driver resolves at
 * ReadyForQuery, after the commit, so that a notice of the commit has arrived by then.
 */
export async function certainRows<Row extends QueryResultRow>(pool: Pool, query: QueryConfig): Promise<Row[]> {
  const client = await pool.connect();
  const outcome = { notices: 0, certain: false };
  const onNotice = (): void => void (outcome.notices += 1);
  // A broken connection is reported twice: the query fails, and an event ends the process unless there is a listener.
  const onError = (): void => undefined;
  client.on('notice', onNotice).on('error', onError);
  try {
    const { rows } = await client.query<Row>(query);
    if (outcome.notices > 0) throw new NoticeReceived();
    outcome.certain = true;
    return rows;
  } finally {
    client.off('notice', onNotice).off('error', onError);
    client.release(!outcome.certain);
  }
}

/** The SQLSTATE of a rejection by the server, or undefined where the error is not one. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && typeof severity === 'string' ? code : undefined;
}
