// What is certain after a statement that changes something: its rows, its rejection, or nothing at all.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dependencyFailure } from '../../src/platform/dependency-failures.ts';
import { certainRows, inTransaction, sqlState } from '../../src/store/certain-query.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';

let databases: TestDatabases;
let pool: Pool;
beforeAll(async () => {
  databases = await createDatabases(['elections']);
  pool = openPool(databases.url('elections', 'popvote_elections'), { name: 'test-certain', connectionsMax: 1 });
});
afterAll(async () => {
  await pool.end();
  await databases[Symbol.asyncDispose]();
});

const failureOf = (text: string, more: object = {}): Promise<unknown> =>
  certainRows(pool, { text, ...more }).then(
    () => 'no failure',
    (error: unknown) => error,
  );

test('A statement whose answer was lost has an unknown outcome', async () => {
  const error = await failureOf('select pg_sleep(1)', { query_timeout: 50 });
  expect([(error as Error).name, dependencyFailure(error)]).toEqual(['OutcomeUnknown', 'unknown']);
});

test('A notice beside the answer makes the outcome unknown', async () => {
  const error = await failureOf("do $$ begin raise warning 'not replicated'; end $$");
  expect(dependencyFailure(error)).toBe('unknown');
});

test('A rejection after a notice has an unknown outcome', async () => {
  const error = await failureOf("do $$ begin raise warning 'not replicated'; raise exception 'and more'; end $$");
  expect(dependencyFailure(error)).toBe('unknown');
});

test('A statement that the server rejected or ended changed nothing', async () => {
  const ended = await failureOf('select pg_terminate_backend(pg_backend_pid())');
  expect([sqlState(ended), dependencyFailure(ended)]).toEqual(['57P01', 'nothing-changed']);
  await certainRows(pool, { text: "set statement_timeout = '50ms'" });
  const timedOut = await failureOf('select pg_sleep(1)');
  expect([sqlState(timedOut), dependencyFailure(timedOut)]).toEqual(['57014', 'nothing-changed']);
});

test('A statement without a connection changed nothing', async () => {
  const client = await pool.connect();
  const error = await failureOf('select 1');
  client.release();
  expect(dependencyFailure(error)).toBe('nothing-changed');
});

test('A transaction is committed or rolled back as its work says, or throws', async () => {
  const nameNow = async () =>
    (await certainRows<{ name: string }>(pool, { text: `select current_setting('application_name') as name` }))[0]
      ?.name;
  const renamed = (name: string, keep: boolean) =>
    inTransaction(pool, async (transaction) => {
      await certainRows(transaction, { text: `select set_config('application_name', $1, false)`, values: [name] });
      return { keep, result: name };
    });
  const before = await nameNow();
  expect([await renamed('rolled-back', false), await nameNow()]).toEqual(['rolled-back', before]);
  expect([await renamed('committed', true), await nameNow()]).toEqual(['committed', 'committed']);
  const failure = inTransaction(pool, async (transaction) => {
    await certainRows(transaction, { text: `select set_config('application_name', 'thrown', false)` });
    throw new Error('The work failed.');
  });
  await expect(failure).rejects.toThrow('The work failed.');
  expect(await nameNow()).not.toBe('thrown');
});

test('A transaction that loses its connection before the commit changed nothing', async () => {
  const error = await inTransaction(pool, async (transaction) => {
    await certainRows(transaction, { text: 'select pg_terminate_backend(pg_backend_pid())' });
    return { keep: true, result: 'no failure' };
  }).catch((cause: unknown) => cause);
  expect(dependencyFailure(error)).toBe('nothing-changed');
  expect(await certainRows(pool, { text: 'select 1 as one' })).toEqual([{ one: 1 }]);
});
