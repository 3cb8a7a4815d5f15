// Applying the migrations.
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
