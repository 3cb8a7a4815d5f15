// Attacker: has the role of `mixer` in the database intake, as a taken-over `mixer` has. Wants to stop voting by holding
// every lock that this role can take, for as long as its transaction lasts.
import { expect, test } from 'vitest';
import pg from 'pg';
import { sqlState } from '../../src/store/certain-query.ts';
import { createIntake, newElection } from '../support/intake.ts';

/** The classes of locks that the functions of the intake take. */
const lockClasses = [20_260_001, 20_260_002, 20_260_003, 20_260_004, 20_260_007];
const lockFunctions = [
  'pg_advisory_lock',
  'pg_advisory_lock_shared',
  'pg_advisory_xact_lock',
  'pg_advisory_xact_lock_shared',
  'pg_try_advisory_lock',
  'pg_try_advisory_lock_shared',
  'pg_try_advisory_xact_lock',
  'pg_try_advisory_xact_lock_shared',
];

test('The role of the mixer cannot stop a cast by the locks that it can hold', async () => {
  await using intake = await createIntake();
  const election = newElection();
  const { epoch } = await intake.epoch();
  const app = await intake.app();
  expect((await intake.create(app, election)).status).toBe(200);
  const { id } = election;
  const client = new pg.Client({ connectionString: intake.databases.url('intake', 'popvote_mixer') });
  await client.connect();
  try {
    for (const name of lockFunctions) {
      for (const lockClass of lockClasses) {
        const taking = client.query(`select ${name}($1::int, hashtext($2))`, [lockClass, id]);
        expect(sqlState(await taking.catch((cause: unknown) => cause))).toBe('42501');
        const all = client.query(`select ${name}($1::int, 0)`, [lockClass]);
        expect(sqlState(await all.catch((cause: unknown) => cause))).toBe('42501');
      }
    }
    await client.query('begin');
    // Everything that its functions can lock, in one transaction that does not end.
    for (const [text, ...values] of [
      ['select pv.take_mixer_lock()'],
      ['select pv.retire_mixer_key($1)', epoch],
      ['select pv.note_shredded($1)', epoch],
      ['select pv.wait_for_casts()'],
      ['select pv.mixable($1)', []],
      ['select pv.chosen_batch($1)', id],
      ['select pv.finish_batch($1, $2, $2)', id, []],
      ['select pv.note_statement_recorded($1, $2)', id, '{}'],
    ] as [string, ...unknown[]][]) {
      await client.query(text, values);
    }
    // A refused choice of a batch ends the transaction, so it is undone and its lock is kept to the end of the savepoint.
    await client.query('savepoint choice');
    await client.query('select pv.choose_batch($1, 5, $2)', [id, []]).catch(() => undefined);
    await client.query('rollback to choice');
    const casting = intake.castAt(app, intake.cast({ electionId: id }));
    expect(await casting).toMatchObject({ status: 200 });
    await client.query('rollback');
  } finally {
    await client.end();
  }
});

test('A cancelled wait for casts leaves no lock behind', async () => {
  await using intake = await createIntake();
  const open = async (role?: string): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: intake.databases.url('intake', role) });
    await client.connect();
    return client;
  };
  const [cast, mixer] = await Promise.all([open(), open('popvote_mixer')]);
  await cast.query('begin; select pg_advisory_xact_lock_shared(20260003, 0)');
  await mixer.query(`set statement_timeout = '200ms'`);
  await expect(mixer.query('select pv.wait_for_casts()')).rejects.toMatchObject({ code: '57014' });
  await cast.query('commit');
  await mixer.query('begin; select pv.wait_for_casts()');
  const { rows } = await cast.query(
    `select count(*)::int as locks from pg_locks where locktype = 'advisory'
       and database = (select oid from pg_database where datname = current_database())`,
  );
  expect(rows).toEqual([{ locks: 0 }]);
  await Promise.all([cast.end(), mixer.end()]);
});
