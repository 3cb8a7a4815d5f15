// Applying the migrations.
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createDatabases } from '../support/database.ts';
import { migrate } from '../../src/store/migrate.ts';

test('Migrations apply once; a second start finds nothing to do', async () => {
  await using databases = await createDatabases(['intake', 'box', 'access', 'elections']);
  expect(await migrate('intake', databases.url('intake'))).toEqual([]);
  expect(await migrate('box', databases.url('box'))).toEqual([]);
  expect(await migrate('access', databases.url('access'))).toEqual([]);
  expect(await migrate('elections', databases.url('elections'))).toEqual([]);
  const owners = await databases.query<{ owner: string }>(
    'intake',
    `select distinct r.rolname as owner from pg_class c join pg_roles r on r.oid = c.relowner
     where c.relnamespace = 'pv'::regnamespace`,
  );
  expect(owners).toEqual([{ owner: 'popvote_owner' }]);
});

test('Votes from before there were running counts are counted, also those of casts during the update', async () => {
  await using databases = await createDatabases(['access']);
  const name = `t_upgrade_${randomBytes(6).toString('hex')}`;
  await databases.query('access', `create database ${name}`);
  const url = new URL(databases.url('access'));
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  try {
    await applyNext(url.href, 'before');
    await client.connect();
    await client.query(
      `insert into pv.election (election_id, opens_at, closes_at, rehearsal, min_batch, scheme, sealed_bytes, definition,
         publication, revision, key_check)
       values ('e', now(), now() + interval '1 h', true, 1, 'roll', 256, '{}', '{}', 1, decode(repeat('00', 32), 'hex'))`,
    );
    const vote = async (first: number, last: number): Promise<void> => {
      const tag = (kind: string): string => `sha256(convert_to('${kind}' || i, 'UTF8'))`;
      const rows = `from generate_series(${first}, ${last}) as i`;
      await client.query(`insert into pv.roll select 'e', ${tag('voter')} ${rows}`);
      await client.query(
        `insert into pv.participation select 'e', ${tag('voter')}, ${tag('phone')}, ${tag('attempt')} ${rows}`,
      );
      await client.query(
        `insert into pv.outbox select 'e', gen_random_uuid(), decode(repeat('00', 256), 'hex') ${rows}`,
      );
    };
    const countsOf = async () =>
      (await client.query(`select participation::int, outbox::int, roll::int from pv.count_intake('e')`))
        .rows[0] as unknown;
    await vote(1, 100);
    await applyNext(url.href, 'one');
    await vote(101, 130);
    await client.query('delete from pv.outbox where ctid in (select ctid from pv.outbox limit 120)');
    // Not read before all is counted.
    expect(await countsOf()).toEqual({ participation: 130, outbox: 10, roll: 130 });
    await migrate('intake', url.href);
    await vote(131, 137);
    expect(await countsOf()).toEqual({ participation: 137, outbox: 17, roll: 137 });
    const { rows } = await client.query<{ same: boolean }>(`select same from pv.recount('e')`);
    expect(rows).toEqual([{ same: true }, { same: true }, { same: true }]);
  } finally {
    await client.end();
    await databases.query('access', `drop database ${name} with (force)`);
  }
});

const firstNew = '0026-running-counts';

/** Applies the next migrations of the intake: all before the running counts, or one. */
async function applyNext(databaseUrl: string, which: 'before' | 'one'): Promise<void> {
  const dir = fileURLToPath(new URL('../../src/store/migrations/intake/', import.meta.url));
  const count = which === 'one' ? 1 : readdirSync(dir).filter((file) => file < firstNew).length;
  await runner({ databaseUrl, dir, direction: 'up', migrationsTable: 'migration', count, log: () => undefined });
}
