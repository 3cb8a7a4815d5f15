// Pools of connections to PostgreSQL. Outcomes that are reported to a client use `certainRows`, where any notice,
// timeout or broken connection makes the outcome unknown and never a success.
import pg from 'pg';
import { poolClientOf } from './connecting/database-hosts.ts';
import type { DatabaseName } from './connecting/migration-files.ts';
import { createSchemaCheck } from './connecting/schema-version.ts';
import type { StoreLog } from './connecting/schema-version.ts';

export type Pool = pg.Pool;

/** Longest wait for a free connection, and for one statement, in milliseconds. */
export const connectionMsMax = 2_000;
export const statementMsMax = 10_000;

// count(*) and bigint come as text by default; ours fit a double exactly, and one that does not is a bug.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error('a bigint of the database does not fit');
  return value;
});

export function openPool(
  url: string,
  options: {
    readonly connectionsMax: number;
    readonly name: string;
    /** Longest wait for one statement, in milliseconds, where counting everything may take longer than usual. */
    readonly statementMsMax?: number;
    /** The database whose schema must have what this program calls. Until then every statement fails. */
    readonly schema?: { readonly database: DatabaseName; readonly logger: StoreLog };
  },
): Pool {
  const statementMs = options.statementMsMax ?? statementMsMax;
  const { schema } = options;
  const check = schema && createSchemaCheck(schema.database, schema.logger);
  const pool = new pg.Pool({
    ...poolClientOf(url),
    max: options.connectionsMax,
    application_name: options.name,
    connectionTimeoutMillis: connectionMsMax,
    statement_timeout: statementMs,
    // Above the server's own limit: the driver gives up only when the server no longer answers at all.
    query_timeout: statementMs + 1_000,
    idle_in_transaction_session_timeout: 5_000,
    keepAlive: true,
    ...(check && {
      verify: (client, done) =>
        void check(client).then(
          () => done(),
          (error: unknown) => done(error as Error),
        ),
    }),
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  // So would one that breaks while it is in use or handed over. The statement on it fails, which reports it.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** Whether the database answers. */
export async function databaseAnswers(pool: Pool): Promise<boolean> {
  await pool.query('select 1');
  return true;
}

/** The database's clock, in milliseconds since the epoch. */
export async function databaseMs(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ ms: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::bigint as ms',
  );
  const [row] = rows;
  if (!row) throw new Error('the database gave no time');
  return row.ms;
}

/** Whether a server takes a connection at this address now. */
export async function serverAnswers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
