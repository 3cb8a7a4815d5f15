// `popvote recount` and `popvote postgres-sizes`.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { castBallots } from '../../src/store/casts.ts';
import { createCastBench, inVersion } from '../support/casting.ts';
import type { CastBench } from '../support/casting.ts';
import { command } from '../support/processes/command.ts';

let bench: CastBench;
beforeAll(async () => {
  bench = await createCastBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

test('The recount finds a vote that was added without being counted, and accepts it on request', async () => {
  const election = await bench.election();
  const casts = [bench.cast(election), bench.cast(election)];
  expect(await castBallots(bench.pool, inVersion(election), casts, () => undefined)).toEqual(['recorded', 'recorded']);
  const environment = {
    MIGRATE_INTAKE_URL: bench.databases.url('intake'),
    MIGRATE_BOX_URL: bench.databases.url('box'),
  };
  const right = await command(['recount'], environment);
  expect(right).toMatchObject({ code: 0 });
  expect(right.out).toMatch(new RegExp(`intake ${election} participation +2 the same`));

  await bench.databases.query(
    'intake',
    `begin; set local session_replication_role = 'replica';
     insert into pv.participation values ('${election}', sha256('a'), sha256('b'), sha256('c')); commit`,
  );
  const wrong = await command(['recount', '--json'], environment);
  expect(wrong.code).toBe(1);
  expect((JSON.parse(wrong.out) as { counts: unknown[] }).counts).toContainEqual({
    database: 'intake',
    electionId: election,
    counted: 'participation',
    amount: 2,
    present: 3,
    same: false,
  });
  expect((await command(['recount', '--accept', election], environment)).code).toBe(1);
  expect((await command(['recount'], environment)).code).toBe(0);
});

test('The recount says what is missing when no database is given', async () => {
  const { code, err } = await command(['recount'], {});
  expect(code).toBe(78);
  expect(err).toContain('MIGRATE_INTAKE_URL');
});

test('The sizes of PostgreSQL are printed as the variables of Compose', async () => {
  const { code, out } = await command(['postgres-sizes'], {});
  expect(code).toBe(0);
  expect(out).toMatch(
    /^POSTGRES_SHARED_BUFFERS=\d+MB\nPOSTGRES_MAX_WAL_SIZE=\d+MB\nPOSTGRES_CHECKPOINT_TIMEOUT=15min\nPOSTGRES_MEMORY=\d+m$/,
  );
});
