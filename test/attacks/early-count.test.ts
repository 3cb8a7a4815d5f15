// Attacker: has the role of `elections` in the database box, its caller key and its publisher key, as a taken-over
// `elections` has. Wants interim totals while people vote, or to stop the election.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signValue, signingKey } from '../../src/platform/keys/signatures.ts';
import { closeAnswer } from '../../src/protocol/ballot-service.ts';
import { depositOnline } from '../../src/store/box.ts';
import { recordIntakeClosing } from '../../src/store/closing-statements.ts';
import { openPool } from '../../src/store/database.ts';
import type { Pool } from '../../src/store/database.ts';
import { closeBox } from '../../src/store/ledger.ts';
import { BoxOpen, readBallots } from '../../src/store/tally.ts';
import { recordStatements } from '../support/closing.ts';
import { closeElection, layingBallots, openElection } from '../support/services/counted-election.ts';
import type { Ballots } from '../support/services/counted-election.ts';
import { codeOf, electionOf, errorsOf, startElections } from '../support/services/elections.ts';
import type { Elections } from '../support/services/elections.ts';

let elections: Elections;
let ballots: Ballots;
let role: Pool;
let mixer: Pool;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
  const open = (name: string): Pool =>
    openPool(elections.databases.url('box', name), { name: 'test', connectionsMax: 1 });
  [role, mixer] = [open('popvote_elections'), open('popvote_mixer')];
});
afterAll(async () => {
  await Promise.all([role.end(), mixer.end(), ballots[Symbol.asyncDispose]()]);
  await elections[Symbol.asyncDispose]();
});

const contests = ['contest-1'];
const yes = (count: number) => ({ choices: [['option-1']], count });
const text = '{"contests":[{"choices":["option-2"],"contestId":"contest-1"}]}';
const read = (id: string) => readBallots(role, id, () => undefined);
const closings = (id: string) =>
  elections.databases.query('box', 'select participation from pv.intake_closing where election_id = $1', [id]);

/** Puts a statement where only `ballots` writes, as if its role were taken over too, and lets the mixer look. */
async function plant(electionId: string, statement: string): Promise<string> {
  await elections.databases.query(
    'intake',
    `insert into pv.closing_statement (election_id, participation, statement) values ($1, 3, $2)
     on conflict (election_id) do update set statement = excluded.statement, recorded = false`,
    [electionId, statement],
  );
  return recordStatements(elections.databases, elections.access.keys.public);
}

test('During voting the role can neither close the box nor read a choice, and voting goes on', async () => {
  const id = await openElection(elections);
  await ballots.cast(id, contests, [yes(3)]);
  expect(await closeBox(role, id, 3)).toEqual([{ kind: 'statement', batchId: null, expected: 3, present: 0 }]);
  await expect(read(id)).rejects.toBeInstanceOf(BoxOpen);
  // Writing the statement needs the role of the mixer.
  const forging = role.query(`select pv.record_intake_closing($1, 0, 3, '{}')`, [id]);
  await expect(forging).rejects.toMatchObject({ code: '42501' });
  expect(await depositOnline(mixer, id, [{ tracker: randomBytes(32), text }])).toBe(1);
  // `ballots` signs no statement before the end, also for the key of `elections`.
  const path = `/private/elections/${id}/close`;
  const closing = elections.outside.ballots.call({ method: 'POST', path, body: {}, answer: closeAnswer, msMax: 5_000 });
  await expect(closing).rejects.toMatchObject({ code: 'conflict' });
  expect(await closings(id)).toEqual([]);
});

test('A statement that another key signed, or of another election, is not recorded', async () => {
  const id = await openElection(elections);
  await ballots.cast(id, contests, [yes(3)]);
  const { keys } = elections.access;
  const closing = { version: 'popvote/closing/v1', electionId: id, participation: 3, losses: 0 };
  const signedBy = (jwk: typeof keys.elections.publisher, about: object): string =>
    JSON.stringify({ closing: about, signature: signValue(signingKey(jwk), about) });
  for (const statement of [
    signedBy(keys.elections.publisher, closing),
    signedBy({ ...keys.elections.publisher, kid: keys.ballots.receipts.kid }, closing),
    signedBy(keys.ballots.receipts, { ...closing, electionId: `e-${randomUUID()}` }),
    'not json',
  ]) {
    expect(await plant(id, statement)).toContain('mixer.closing-not-signed');
    expect(await closings(id)).toEqual([]);
  }
  expect(await closeBox(role, id, 3)).toMatchObject([{ kind: 'statement' }]);
});

test('A count waits until the mixer has recorded that voting is over, and never counts another number', async () => {
  const id = await openElection(elections);
  await ballots.cast(id, contests, [yes(3)]);
  await closeElection(elections, id);
  expect(await closings(id)).toEqual([{ participation: 3 }]);
  // Another number of voters than was stated.
  await depositOnline(mixer, id, [{ tracker: randomBytes(32), text }]);
  expect(await closeBox(role, id, 4)).toEqual([{ kind: 'statement', batchId: null, expected: 4, present: 3 }]);
  await expect(read(id)).rejects.toBeInstanceOf(BoxOpen);

  const other = await openElection(elections);
  await ballots.cast(other, contests, [yes(2)]);
  const ended = await elections.call('POST', `/v1/elections/${other}/close`, { body: { reason: 'It is over.' } });
  expect(ended.status).toBe(200);
  await expect
    .poll(async () => {
      await elections.logic.schedule.poll();
      return electionOf(await elections.call('GET', `/v1/elections/${other}`)).state;
    })
    .toBe('closed');
  const waiting = await elections.call('POST', `/v1/elections/${other}/count`);
  expect([codeOf(waiting), errorsOf(waiting).map(({ path }) => path)]).toEqual(['not-drained', ['statement']]);
  await recordStatements(elections.databases, elections.access.keys.public);
  expect(await elections.call('POST', `/v1/elections/${other}/count`)).toMatchObject({ status: 200 });
});

test('An intake that an earlier release closed without a statement gets one when it is counted', async () => {
  const id = await openElection(elections);
  await ballots.cast(id, contests, [yes(1)]);
  await closeElection(elections, id);
  await elections.databases.query('intake', 'delete from pv.closing_statement where election_id = $1', [id]);
  await elections.databases.query('box', 'alter table pv.intake_closing disable trigger never_changed');
  await elections.databases.query('box', 'delete from pv.intake_closing where election_id = $1', [id]);
  await elections.databases.query('box', 'alter table pv.intake_closing enable trigger never_changed');
  expect(codeOf(await elections.call('POST', `/v1/elections/${id}/count`))).toBe('not-drained');
  await recordStatements(elections.databases, elections.access.keys.public);
  expect(await elections.call('POST', `/v1/elections/${id}/count`)).toMatchObject({ status: 200 });
});

test('Only after an accepted loss does a statement with fewer voters replace the earlier one', async () => {
  const id = `e-${randomUUID()}`;
  const record = (losses: number, participation: number) =>
    recordIntakeClosing(mixer, { electionId: id, losses, participation, text: '{}' });
  expect(await record(0, 2)).toBe('recorded');
  expect(await record(0, 2)).toBe('known');
  expect(await record(0, 0)).toBe('differs');
  expect(await closeBox(role, id, 0)).toMatchObject([{ kind: 'statement', present: 2 }]);
  expect(await record(1, 0)).toBe('recorded');
  expect(await closeBox(role, id, 0)).toEqual([]);
});
