// Databases of a test's own: cloned from a template that is migrated once, dropped at the end.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import type { DatabaseName } from '../../src/store/connecting/migration-files.ts';

export type TestDatabases = AsyncDisposable & {
  /** Address of the database for a role, or as the superuser. */
  url(database: DatabaseName, role?: string): string;
  /** Runs a statement as the superuser. */
  query<Row extends pg.QueryResultRow>(database: DatabaseName, text: string, values?: unknown[]): Promise<Row[]>;
  /** Copies databases as a backup does. The returned function restores them, as often as it is called. */
  backUp(databases: readonly DatabaseName[]): Promise<() => Promise<void>>;
};

/** The password of a role in tests: its name, as long as a password must be. */
export const rolePassword = (role: string): string => role.padEnd(12, '0');
const serverUrl = (): string => inject('postgresUrl');

async function asSuperuser<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(database: string, role?: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  if (role) {
    url.username = role;
    url.password = rolePassword(role);
  }
  return url.href;
}

/** Clones of databases for one test file. Templates are made by whichever file comes first, under a lock. */
export async function createDatabases(
  databaseNames: readonly DatabaseName[] = ['intake', 'box'],
): Promise<TestDatabases> {
  const suffix = randomBytes(6).toString('hex');
  const names = Object.fromEntries(databaseNames.map((name) => [name, `t_${name}_${suffix}`])) as Record<
    DatabaseName,
    string
  >;
  await asSuperuser(serverUrl(), async (client) => {
    await client.query('select pg_advisory_lock(42)');
    for (const name of databaseNames) {
      const template = `template_${name}`;
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
      if (!rowCount) {
        await client.query(`create database ${template}`);
        await migrate(name, urlOf(template));
        const roles = await client.query<{ rolname: string }>(
          `select rolname from pg_roles where rolname like 'popvote\\_%' and rolname <> 'popvote_owner'`,
        );
        for (const { rolname } of roles.rows)
          await client.query(`alter role ${rolname} login password '${rolePassword(rolname)}'`);
      }
      await client.query(`create database ${names[name]} template ${template}`);
    }
    await client.query('select pg_advisory_unlock(42)');
  });
  const copied: string[] = [];
  return {
    url: (database, role) => urlOf(names[database], role),
    query: <Row extends pg.QueryResultRow>(database: DatabaseName, text: string, values?: unknown[]) =>
      asSuperuser(urlOf(names[database]), async (client) => (await client.query<Row>(text, values)).rows),
    async backUp(backedUp) {
      const copies = backedUp.map((name) => ({ of: names[name], copy: `${names[name]}_${copied.length}` }));
      copied.push(...copies.map(({ copy }) => copy));
      for (const { of, copy } of copies) await replaceDatabase(copy, of);
      return async () => {
        for (const { of, copy } of copies) await replaceDatabase(of, copy);
      };
    },
    async [Symbol.asyncDispose]() {
      await asSuperuser(serverUrl(), async (client) => {
        for (const name of [...Object.values(names), ...copied])
          await client.query(`drop database ${name} with (force)`);
      });
    },
  };
}

// A database is copied while no one is connected to it, so its connections are closed first, and opened again after.
async function replaceDatabase(name: string, from: string): Promise<void> {
  await asSuperuser(serverUrl(), async (client) => {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`alter database ${from} allow_connections false`);
    try {
      await client.query('select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = $1', [from]);
      await client.query(`create database ${name} template ${from}`);
    } finally {
      await client.query(`alter database ${from} allow_connections true`);
    }
  });
}
