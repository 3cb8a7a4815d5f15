// The bench's own PostgreSQL: a real one on a free port, with every guarantee on (fsync, full page writes, commits that
// wait), because a figure without durability is no figure. Its settings and sizes are those of `popvote start`.
import { join } from 'node:path';
import pg from 'pg';
import { machineMemoryBytes, postgresSizes } from '../../src/local/machine/postgres-sizes.ts';
import { startPostgres } from '../../src/local/postgres.ts';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import { migrate } from '../../src/store/migrate.ts';
import type { DatabaseName } from '../../src/store/connecting/migration-files.ts';
import { freePort } from '../../test/support/processes/ports.ts';
import type { Bench } from './run.ts';

export type BenchDatabases = {
  readonly postgres: LocalPostgres;
  /** Address of a database for a role, whose password is its name, or as the superuser. */
  url(database: string, role?: string): string;
  query<Row extends pg.QueryResultRow>(database: string, text: string, values?: unknown[]): Promise<Row[]>;
};

export async function startDatabases(bench: Bench): Promise<BenchDatabases> {
  const postgres = await startPostgres({
    directory: join(bench.directory, 'postgres'),
    port: await freePort(),
    password: 'bench',
    logFile: join(bench.directory, 'postgres.log'),
    settings: postgresSizes(machineMemoryBytes()),
  });
  bench.cleanup.add(async () => {
    await postgres.stop();
  });
  const url = (database: string, role?: string): string => {
    const address = new URL(postgres.superuserUrl(database));
    if (role !== undefined) [address.username, address.password] = [role, role];
    return address.href;
  };
  const query: BenchDatabases['query'] = async <Row extends pg.QueryResultRow>(
    database: string,
    text: string,
    values?: unknown[],
  ) => {
    const client = new pg.Client({ connectionString: postgres.superuserUrl(database) });
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  const [row] = await query<{ version: string; fsync: string }>(
    'postgres',
    `select split_part(version(), ' ', 2) as version, current_setting('fsync') as fsync`,
  );
  bench.findings.postgres = `PostgreSQL ${row?.version ?? '?'}, fsync ${row?.fsync ?? '?'}`;
  return { postgres, url, query };
}

/** Makes a database of the given kind with its migrations, and lets its roles log in. */
export async function createDatabase(servers: BenchDatabases, kind: DatabaseName, name: string): Promise<void> {
  await servers.query('postgres', `create database ${name}`);
  await migrate(kind, servers.url(name));
  await letRolesLogIn(servers);
}

/** The password of each role is its name. */
export async function letRolesLogIn(servers: BenchDatabases): Promise<void> {
  const roles = await servers.query<{ rolname: string }>(
    'postgres',
    `select rolname from pg_roles where rolname like 'popvote\\_%' and rolname <> 'popvote_owner'`,
  );
  for (const { rolname } of roles) {
    await servers.query('postgres', `alter role ${rolname} login password '${rolname}'`);
  }
}
