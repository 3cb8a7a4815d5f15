// Withdrawing a batch over the control API, with real databases and a real Redis: who may, until when, what the record
// says, and that the result, the reconciliation and the lists of the count agree.
import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { batchView, batchViewKey } from '../../../src/protocol/control/batch-entries.ts';
import type { AuditEntry } from '../../../src/protocol/control/audit-log-api.ts';
import type { LedgerBatchShown } from '../../../src/protocol/control/results-api.ts';
import type { UserRole } from '../../../src/domain/user.ts';
import { closeElection, layingBallots, openElection, resultsOf } from '../../support/services/counted-election.ts';
import type { Ballots } from '../../support/services/counted-election.ts';
import { codeOf, detailOf, errorsOf, startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';
import { secondAdministrator } from '../../support/services/two-administrators.ts';

let elections: Elections;
let ballots: Ballots;
let own: Ballots;
let control: Redis;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
  own = layingBallots(elections, elections.people.official.id);
  control = new Redis(inject('controlRedisUrls')['elections'] ?? '');
});
afterAll(async () => {
  control.disconnect();
  await Promise.all([ballots[Symbol.asyncDispose](), own[Symbol.asyncDispose]()]);
  await elections[Symbol.asyncDispose]();
});

const contests = ['president'];
const contest = {
  id: 'president',
  title: { en: 'President' },
  method: 'plurality',
  options: [1, 2].map((name) => ({ title: { en: `Name ${name}` }, kind: 'individual' })),
};
const yes = { choices: [['option-1']] };
const no = { choices: [['option-2']] };
const reason = 'The file of another station.';
const withdraw = (id: string, batchId: string, as: UserRole | null = 'administrator', body: object = { reason }) =>
  elections.call('POST', `/v1/elections/${id}/batches/${batchId}/withdraw`, { as, body });
const get = (id: string, what: string) => elections.call('GET', `/v1/elections/${id}/${what}`);
const batchOf = ({ body }: { body: unknown }) => (body as { batch: LedgerBatchShown }).batch;
async function auditOf(id: string): Promise<AuditEntry[]> {
  const path = `/v1/audit-log?objectId=${id}&act=election.withdraw-batch&limit=100`;
  const { body } = await elections.call('GET', path);
  return (body as { entries: { entry: AuditEntry }[] }).entries.map(({ entry }) => entry).reverse();
}

describe('A batch withdrawn by its official or an administrator', () => {
  test('A withdrawn batch is out of the count, and the result, lists and record say so', async () => {
    const id = await openElection(elections, { contests: [contest] });
    await ballots.cast(id, contests, [{ choices: [['option-2']], count: 3 }]);
    const guid = randomUUID();
    const right = await ballots.batch(id, contests, 2, [no, { choices: null }]);
    const wrong = await own.batch(id, contests, 4, [yes, { ...yes, guid }, yes, { choices: null }]);

    const answer = await withdraw(id, wrong, 'official');
    expect(answer.status).toBe(200);
    const expected = { batchId: wrong, received: 4, checked: 4, counted: 0, invalid: 4, state: 'withdrawn' };
    const by = elections.people.official.id;
    expect(batchOf(answer)).toMatchObject({ ...expected, withdrawn: { reason, by } });
    // It is shown where officials look, before the answer.
    const view = batchView.parse(JSON.parse((await control.get(batchViewKey(wrong))) ?? 'null'));
    expect(view).toMatchObject({ checked: 4, valid: 0, invalid: 4, phase: 1, withdrawal: { reason, by } });
    const again = await withdraw(id, wrong, 'official', { reason: 'Once more.' });
    expect(batchOf(again)).toEqual(batchOf(answer));
    expect(await auditOf(id)).toMatchObject([
      { outcome: 'attempted', reason },
      { outcome: 'done', reason, changed: { withdrawn: { to: { batchId: wrong, rows: 4, checked: 4 } } } },
      { outcome: 'attempted', reason: 'Once more.' },
      { outcome: 'done', changed: null },
    ]);
    // The same ballot, in a corrected file.
    const corrected = await own.batch(id, contests, 1, [{ ...no, guid }]);
    await closeElection(elections, id);
    const ledger = (await get(id, 'batches')).body as { batches: LedgerBatchShown[] };
    expect(ledger.batches.map(({ batchId, state }) => [batchId, state])).toEqual([
      [right, 'whole'],
      [wrong, 'withdrawn'],
      [corrected, 'whole'],
    ]);

    const counted = resultsOf(await elections.call('POST', `/v1/elections/${id}/count`)).results;
    expect(counted.contests[0]).toMatchObject({ valid: 5, options: [{ votes: 0 }, { votes: 5 }] });
    expect(counted.turnout).toEqual({ eligible: null, online: 3, batches: 3 });
    expect(counted.reconciliation.batches).toEqual({
      received: 7,
      valid: 2,
      invalid: 5,
      files: 3,
      missing: 0,
      invalidByReason: [
        { reason: 'Invalid poll number.', rows: 1 },
        { reason: 'Withdrawn batch.', rows: 4 },
      ],
    });
    const table = String((await get(id, 'results.csv')).body);
    expect(table).toMatch(/,batchesWithdrawn,,,,,,,4,/);
    const { invalidBallots } = (await get(id, 'invalid-ballots')).body as {
      invalidBallots: { batchId: string; row: number; reason: string; pollNumbers: string }[];
    };
    expect(invalidBallots.map(({ batchId, row, pollNumbers }) => [batchId, row, pollNumbers])).toEqual([
      [right, 2, '99'],
      [wrong, 1, '1'],
      [wrong, 2, '1'],
      [wrong, 3, '1'],
      [wrong, 4, '99'],
    ]);
    const csv = parse<Record<string, string>>(String((await get(id, 'invalid-ballots.csv')).body), { columns: true });
    expect(csv.filter((row) => row['reason'] === 'Withdrawn batch.')).toHaveLength(4);
    expect(csv.map((row) => row['pollNumbers'])).toEqual(invalidBallots.map(({ pollNumbers }) => pollNumbers));

    const late = await withdraw(id, right);
    expect([late.status, codeOf(late), detailOf(late)]).toEqual([409, 'conflict', expect.stringContaining('closed')]);
    expect((await auditOf(id)).at(-1)).toMatchObject({ outcome: 'refused', code: 'conflict' });
    const recount = await elections.logic.recount(id);
    expect(recount).toMatchObject({ same: true, ballots: 5 });
  });

  test('A share of the ballots cast is not changed by withdrawn rows', async () => {
    const law = { required: [{ share: { numerator: 1, denominator: 2 }, of: 'cast' }] };
    const id = await openElection(elections, { contests: [{ ...contest, law }] });
    await ballots.batch(id, contests, 3, [yes, yes, { choices: null }]);
    const wrong = await ballots.batch(id, contests, 3, [no, { choices: null }, { choices: null }]);
    expect((await withdraw(id, wrong)).status).toBe(200);
    await closeElection(elections, id);
    const counted = resultsOf(await elections.call('POST', `/v1/elections/${id}/count`)).results;
    expect(counted.contests[0]).toMatchObject({ winner: 'option-1', required: [{ base: 3, votesNeeded: 2 }] });
  });

  test('A withdrawal between the end and the count is possible, also of an incomplete batch', async () => {
    const id = await openElection(elections, { contests: [contest] });
    await ballots.batch(id, contests, 1, [yes]);
    const incomplete = await ballots.batch(id, contests, 10, [no, no]);
    await closeElection(elections, id);
    expect(codeOf(await elections.call('POST', `/v1/elections/${id}/count`))).toBe('not-drained');
    expect(batchOf(await withdraw(id, incomplete))).toMatchObject({ received: 10, checked: 2, state: 'withdrawn' });
    const aside = await elections.call('POST', `/v1/elections/${id}/batches/${incomplete}/set-aside`, {
      body: { reason },
    });
    expect([aside.status, detailOf(aside)]).toEqual([409, expect.stringContaining('withdrawn')]);
    const { reconciliation } = resultsOf(await elections.call('POST', `/v1/elections/${id}/count`)).results;
    expect(reconciliation.batches).toMatchObject({ received: 3, valid: 1, invalid: 2, missing: 0 });
  });
});

describe('A withdrawal that is refused', () => {
  test('A withdrawal by another official, an auditor or without a login is refused', async () => {
    const id = await openElection(elections, { contests: [contest] });
    const batchId = await ballots.batch(id, contests, 1, [yes]);
    const other = await withdraw(id, batchId, 'official');
    expect([other.status, codeOf(other), detailOf(other)]).toEqual([
      403,
      'role-not-allowed',
      expect.stringContaining('Only the official who uploaded this batch'),
    ]);
    expect(codeOf(await withdraw(id, batchId, 'auditor'))).toBe('role-not-allowed');
    expect((await withdraw(id, batchId, null)).status).toBe(401);
    expect((await withdraw(id, batchId, 'administrator', {})).status).toBe(400);
    expect((await withdraw(id, batchId, 'administrator', { reason: ' ' })).status).toBe(400);
    expect(codeOf(await withdraw(id, `${'A'.repeat(42)}A`))).toBe('batch-not-found');
    expect(codeOf(await withdraw('nowhere', batchId))).toBe('election-not-found');
    expect((await get(id, 'batches')).body).toMatchObject({ batches: [{ batchId, state: 'whole', counted: 1 }] });
    expect(await auditOf(id)).toMatchObject([
      { outcome: 'attempted' },
      { outcome: 'refused', code: 'role-not-allowed' },
      { outcome: 'attempted' },
      { outcome: 'refused', code: 'batch-not-found' },
    ]);
  });

  test('A withdrawal names the batches that repeat its ballots, and works after they are withdrawn', async () => {
    const id = await openElection(elections, { contests: [contest] });
    const guid = randomUUID();
    const first = await ballots.batch(id, contests, 2, [{ ...yes, guid }, yes]);
    const second = await ballots.batch(id, contests, 1, [{ ...no, guid }]);
    const refused = await withdraw(id, first);
    expect([refused.status, codeOf(refused)]).toEqual([409, 'conflict']);
    expect(detailOf(refused)).toContain('Withdraw the batches in "errors" first');
    expect(errorsOf(refused)).toEqual([
      { path: `batches/${second}`, detail: expect.stringContaining(': 1, in') as string },
    ]);
    expect((await withdraw(id, second)).status).toBe(200);
    expect((await withdraw(id, first)).status).toBe(200);
  });
});

// The last of this file: from here on there are two administrators.
test('Where two administrators confirm acts, an official withdraws an own batch alone, with a reason', async () => {
  const id = await openElection(elections, { contests: [contest], rehearsal: false, minBatch: 50, graceSeconds: 120 });
  const mine = await own.batch(id, contests, 1, [yes]);
  const others = await ballots.batch(id, contests, 1, [yes]);
  await secondAdministrator(elections);
  expect((await withdraw(id, mine, 'official', {})).status).toBe(400);
  expect((await withdraw(id, mine)).status).toBe(202);
  expect((await withdraw(id, mine, 'official')).status).toBe(200);
  expect(codeOf(await withdraw(id, others, 'official'))).toBe('role-not-allowed');
});
