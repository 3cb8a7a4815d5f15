// A pool uses no schema that lacks what this program calls, waits for its migration, and takes a newer one.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { runner } from 'node-pg-migrate';
import { afterEach, expect, test } from 'vitest';
import { newestMigration, newestMigrationOf } from '../../src/store/connecting/migration-files.ts';
import { migrationsDirectory } from '../../src/store/migrations-directory.ts';
import { SchemaTooOld } from '../../src/store/connecting/schema-version.ts';
import { databaseAnswers, openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createDatabases } from '../support/database.ts';
import { createLogProbe } from '../support/log.ts';

const pools: Pool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.end();
});

function open(url: string): { pool: Pool; events: () => string[] } {
  const probe = createLogProbe('test');
  const schema = { database: 'intake', logger: probe.logger } as const;
  const pool = openPool(url, { name: 'test', connectionsMax: 2, schema });
  pools.push(pool);
  return {
    pool,
    events: () => [...probe.text().matchAll(/"msg":"(schema\.[a-z-]+)"/g)].map(([, event]) => event ?? ''),
  };
}

test('A schema that is too old is refused until it is migrated, and this is logged once', async () => {
  await using databases = await createDatabases(['access']);
  const name = `t_version_${randomBytes(6).toString('hex')}`;
  await databases.query('access', `create database ${name}`);
  const url = new URL(databases.url('access'));
  url.pathname = `/${name}`;
  try {
    const { pool, events } = open(url.href);
    // Not migrated at all, and then from before there was a version.
    await expect(databaseAnswers(pool)).rejects.toThrow(SchemaTooOld);
    const options = { databaseUrl: url.href, dir: `${migrationsDirectory}intake`, migrationsTable: 'migration' };
    await runner({ ...options, direction: 'up', count: 3, log: () => undefined });
    for (let tries = 0; tries < 3; tries += 1) await expect(databaseAnswers(pool)).rejects.toThrow(SchemaTooOld);
    expect(events()).toEqual(['schema.too-old']);
    await migrate('intake', url.href);
    expect(await databaseAnswers(pool)).toBe(true);
    expect(events()).toEqual(['schema.too-old', 'schema.fits']);
    await pool.end();
    pools.length = 0;
  } finally {
    await databases.query('access', `drop database ${name} with (force)`);
  }
});

test('A schema of a later release is taken, and nothing is logged', async () => {
  await using databases = await createDatabases(['intake']);
  await databases.query('intake', "insert into public.migration (name, run_on) values ('9999-later', now())");
  const { pool, events } = open(databases.url('intake', 'popvote_ballots'));
  expect(await databaseAnswers(pool)).toBe(true);
  expect(events()).toEqual([]);
  await pool.end();
  pools.length = 0;
});

test('A new connection to a server that was restored from an older copy is refused', async () => {
  await using databases = await createDatabases(['intake']);
  const { pool, events } = open(databases.url('intake', 'popvote_ballots'));
  const first = await pool.connect();
  const newest = `${newestMigration('intake')}`.padStart(4, '0');
  await databases.query('intake', 'delete from public.migration where name like $1', [`${newest}-%`]);
  await expect(pool.connect()).rejects.toThrow(SchemaTooOld);
  expect(events()).toEqual(['schema.too-old']);
  first.release();
  await pool.end();
  pools.length = 0;
});

test('The newest migration is that with the highest number', () => {
  const numbers = readdirSync(`${migrationsDirectory}intake`).map((file) => Number(file.slice(0, 4)));
  expect(newestMigration('intake')).toBe(Math.max(...numbers));
  expect(newestMigrationOf(['0001-a.sql', '0012-b.sql', '.0013-b.sql.swp', '9999.txt'])).toBe(12);
});
