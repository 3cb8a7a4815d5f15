// Statements whose outcome is reported to a client. After a notice (such as a cancelled wait for a standby), a timeout
// or a broken connection it is unknown what was committed: it is an error, the connection is discarded, and it never
// counts as success.
import type { PoolClient, QueryConfig, QueryResultRow } from 'pg';
import type { Pool } from './database.ts';

/** The statement may have been committed or not. `platform/dependency-failures.ts` knows it by its name. */
export class OutcomeUnknown extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'OutcomeUnknown';
  }
}

/** A transaction of several statements, of `inTransaction`. */
export type Transaction = { readonly client: PoolClient };

/**
 * Runs statements in one transaction, and commits it if `work` says so. What `work` throws rolls it back. Throws
 * `OutcomeUnknown` as `certainRows` does.
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (transaction: Transaction) => Promise<{ readonly keep: boolean; readonly result: Result }>,
): Promise<Result> {
  const client = await pool.connect();
  let usable = false;
  try {
    await client.query('begin');
    const { keep, result } = await work({ client });
    if (keep) await commit(client);
    else await client.query('rollback');
    usable = true;
    return result;
  } finally {
    // A connection whose transaction may be unfinished is closed, which rolls it back.
    client.release(!usable);
  }
}

async function commit(client: PoolClient): Promise<void> {
  let notices = 0;
  const onNotice = (): void => void (notices += 1);
  client.on('notice', onNotice);
  try {
    await answerOf(client, { text: 'commit' });
  } finally {
    client.off('notice', onNotice);
  }
  if (notices > 0) throw new OutcomeUnknown('a notice came with the commit');
}

/**
 * Runs one statement in a transaction of its own and returns its rows once they are committed. The driver resolves at
 * ReadyForQuery, after the commit, so that a notice of the commit has arrived by then. Throws the server's rejection,
 * or the error of a connection that was not established: then nothing was committed. Throws `OutcomeUnknown` after a
 * notice and after a lost answer. In a transaction of several statements the commit decides.
 */
export async function certainRows<Row extends QueryResultRow>(
  on: Pool | Transaction,
  query: QueryConfig,
): Promise<Row[]> {
  if ('client' in on) return (await on.client.query<Row>(query)).rows;
  return certainRowsOn<Row>(await on.connect(), query);
}

/** The same on a connection from the pool, which it gives back. */
export async function certainRowsOn<Row extends QueryResultRow>(
  client: PoolClient,
  query: QueryConfig,
): Promise<Row[]> {
  const outcome = { notices: 0, certain: false };
  const onNotice = (): void => void (outcome.notices += 1);
  client.on('notice', onNotice);
  try {
    const { rows } = await answerOf<Row>(client, query);
    outcome.certain = outcome.notices === 0;
    if (!outcome.certain) throw new OutcomeUnknown('a notice came with the answer');
    return rows;
  } catch (error) {
    if (outcome.notices === 0 || error instanceof OutcomeUnknown) throw error;
    throw new OutcomeUnknown('a notice came with the rejection', error);
  } finally {
    client.off('notice', onNotice);
    client.release(!outcome.certain);
  }
}

async function answerOf<Row extends QueryResultRow>(client: PoolClient, query: QueryConfig) {
  try {
    return await client.query<Row>(query);
  } catch (error) {
    if (isRejection(sqlState(error))) throw error;
    throw new OutcomeUnknown('the answer was lost', error);
  }
}

// Class 08 and 40003 are about the connection. After any other error of the server the transaction is rolled back.
const isRejection = (state: string | undefined): boolean =>
  state !== undefined && !state.startsWith('08') && state !== '40003';

/** The SQLSTATE of a rejection by the server, or undefined where the error is not one. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && typeof severity === 'string' ? code : undefined;
}
