// PostgreSQL's own log has errors and never values.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { castBallots } from '../../src/store/casts.ts';
import { createCastBench, inVersion } from '../support/casting.ts';
import type { CastBench } from '../support/casting.ts';

let bench: CastBench;
beforeAll(async () => {
  bench = await createCastBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

test('No value of a cast is in the log of the database, whatever error it meets', async () => {
  const election = await bench.election();
  const good = bench.cast(election);
  const quiet = (): void => undefined;
  await castBallots(bench.pool, inVersion(election), [good], quiet);
  // Each of these is an error of the server with the values at hand.
  const short = { ...good, voter: good.voter.subarray(2) };
  expect(await castBallots(bench.pool, inVersion(election), [short], quiet)).toEqual(['busy']);
  expect(await castBallots(bench.pool, inVersion('nowhere'), [good], quiet)).toEqual(['busy']);
  const slow = bench.open({ statementMsMax: 100 });
  const values = [election, good.voter, good.phone, good.attempt];
  const columns = '(election_id, voter_tag, phone_tag, attempt_tag)';
  for (const [text, code] of [
    [`insert into pv.participation ${columns} values ($1, $2, $3, $4)`, '23505'],
    [`insert into pv.participation ${columns} values ($1, substring($2::bytea from 3), $3, $4)`, '23514'],
    [
      `insert into pv.participation ${columns} select $1, null, $2::bytea, $3::bytea where $4::bytea is not null`,
      '23502',
    ],
    [`select convert_from($2::bytea || $3::bytea || $4::bytea || '\\xff', 'UTF8') where $1::text <> ''`, '22021'],
    [
      'delete from pv.participation where election_id = $1 and $2::bytea <> $3::bytea and $4::bytea is not null',
      '42501',
    ],
  ] as const) {
    await expect(bench.databases.query('intake', text, [...values]), text).rejects.toMatchObject({ code });
  }
  expect(await castBallots(slow, inVersion(election), [bench.cast(election)], quiet)).toEqual(['recorded']);
  const canary = randomBytes(16).toString('hex');
  await expect(bench.databases.query('intake', `select * from pv.nothing where '${canary}' = ''`)).rejects.toThrow();
  const log = readFileSync(inject('postgresLog'), 'utf8');
  expect(log).toContain('duplicate key value');
  expect(log).toContain('inputs of wrong size');
  for (const value of [good.voter, good.phone, good.attempt, good.sealed, Buffer.from(canary, 'hex')]) {
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const part = value.toString(encoding).slice(4, 36);
      expect(log.toLowerCase().includes(part.toLowerCase())).toBe(false);
    }
  }
});
