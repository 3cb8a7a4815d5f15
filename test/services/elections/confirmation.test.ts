// Confirming a batch over the control API, with real databases and a real Redis: who may, what the count waits for, what
// the record says, and that the results name the votes of each station.
import { parse } from 'csv-parse/sync';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { UserRole } from '../../../src/domain/user.ts';
import type { AuditEntry } from '../../../src/protocol/control/audit-log-api.ts';
import { batchView, batchViewKey } from '../../../src/protocol/control/batch-entries.ts';
import type { LedgerBatchShown } from '../../../src/protocol/control/results-api.ts';
import { closeElection, layingBallots, openElection, resultsOf } from '../../support/services/counted-election.ts';
import type { Ballots } from '../../support/services/counted-election.ts';
import { codeOf, detailOf, electionOf, errorsOf, startElections } from '../../support/services/elections.ts';
import { motion } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';

let elections: Elections;
/** Sent by an official who confirms nothing here, and by the one who confirms. */
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
const stations = [
  { id: 'hall', name: 'Town hall' },
  { id: 'school', name: 'School' },
  { id: 'ship', name: 'Ship' },
];
const paper = { confirmation: true, stations };
const yes = { choices: [['option-1']] };
const no = { choices: [['option-2']] };
const wrong = { choices: null };
const confirm = (id: string, batchId: string, ballotsOf: number, as: UserRole | null = 'official') =>
  elections.call('POST', `/v1/elections/${id}/batches/${batchId}/confirm`, { as, body: { ballots: ballotsOf } });
const count = (id: string) => elections.call('POST', `/v1/elections/${id}/count`);
const batchOf = ({ body }: { body: unknown }) => (body as { batch: LedgerBatchShown }).batch;
async function auditOf(id: string): Promise<AuditEntry[]> {
  const { body } = await elections.call('GET', `/v1/audit-log?objectId=${id}&act=election.confirm-batch&limit=100`);
  return (body as { entries: { entry: AuditEntry }[] }).entries.map(({ entry }) => entry).reverse();
}

describe('A batch that a second official confirms', () => {
  test('Its rows count, the record has the act, and the results name the votes of each station', async () => {
    const id = await openElection(elections, { contests: [contest], paper });
    await ballots.cast(id, contests, [{ choices: [['option-2']], count: 3 }]);
    const hall = await ballots.batch(id, contests, 3, [yes, yes, wrong], 'hall');
    const school = await ballots.batch(id, contests, 2, [yes, no], 'school');
    const answer = await confirm(id, hall, 3);
    expect(answer.status).toBe(200);
    const by = elections.people.official.id;
    const expected = { batchId: hall, checked: 3, counted: 2, invalid: 1, unconfirmed: 0, station: 'hall' };
    expect(batchOf(answer)).toMatchObject({ ...expected, state: 'whole', confirmation: { by } });
    const view = batchView.parse(JSON.parse((await control.get(batchViewKey(hall))) ?? 'null'));
    expect(view).toMatchObject({ checked: 3, valid: 2, invalid: 1, station: 'hall', confirmation: { by } });
    expect(batchOf(await confirm(id, hall, 3))).toEqual(batchOf(answer));
    expect(await auditOf(id)).toMatchObject([
      { outcome: 'attempted' },
      { outcome: 'done', changed: { confirmed: { to: { batchId: hall, station: 'hall', ballots: 3 } } } },
      { outcome: 'attempted' },
      { outcome: 'done', changed: null },
    ]);

    const waiting = await elections.call('GET', `/v1/elections/${id}/batches?waiting=true`, { as: 'official' });
    expect(waiting.body).toMatchObject({ batches: [{ batchId: school, state: 'received', confirmation: 'waiting' }] });
    await closeElection(elections, id);
    const early = await count(id);
    expect([codeOf(early), errorsOf(early)]).toEqual([
      'not-drained',
      [{ path: `batches/${school}`, detail: expect.stringContaining('second official') as string }],
    ]);
    expect((await confirm(id, school, 2)).status).toBe(200);
    const counted = resultsOf(await count(id)).results;
    expect(counted.contests[0]).toMatchObject({ valid: 7, options: [{ votes: 3 }, { votes: 4 }] });
    const votesOf = (stationId: string, votes: readonly number[], invalid = 0) => {
      const valid = votes.reduce((sum, each) => sum + each, 0);
      const files = valid > 0 ? 1 : 0;
      const ofContest = [{ contestId: 'president', valid, abstained: 0, votes }];
      return { stationId, files, received: valid + invalid, valid, invalid, missing: 0, contests: ofContest };
    };
    expect(counted.stations).toEqual([votesOf('hall', [2, 0], 1), votesOf('school', [1, 1]), votesOf('ship', [0, 0])]);
    const { body } = await elections.call('GET', `/v1/elections/${id}/results.csv`);
    const table = parse<Record<string, string>>(String(body), { columns: true });
    const options = table.filter(({ row }) => row === 'stationOption');
    expect(options.map(({ station, optionId, votes }) => [station, optionId, votes])).toEqual([
      ['hall', 'option-1', '2'],
      ['hall', 'option-2', '0'],
      ['school', 'option-1', '1'],
      ['school', 'option-2', '1'],
      ['ship', 'option-1', '0'],
      ['ship', 'option-2', '0'],
    ]);
    expect(await elections.logic.recount(id)).toMatchObject({ same: true, ballots: 7 });
  });

  test('Another number is refused with both numbers, and the audit log has the attempt', async () => {
    const id = await openElection(elections, { contests: [contest], paper });
    const batchId = await ballots.batch(id, contests, 3, [yes, yes, yes], 'hall');
    const refused = await confirm(id, batchId, 2);
    expect([refused.status, codeOf(refused)]).toEqual([409, 'conflict']);
    expect(detailOf(refused)).toMatch(/2 ballots.*batch has 3/);
    expect((await auditOf(id)).at(-1)).toMatchObject({ outcome: 'refused', code: 'conflict' });
    // It can be withdrawn instead, and then the election is counted.
    const path = `/v1/elections/${id}/batches/${batchId}/withdraw`;
    expect((await elections.call('POST', path, { body: { reason: 'Another number.' } })).status).toBe(200);
    await closeElection(elections, id);
    expect(resultsOf(await count(id)).results.reconciliation.batches).toMatchObject({
      received: 3,
      valid: 0,
      invalid: 3,
    });
  });

  test('Its sender, other roles and outsiders do not confirm it', async () => {
    const id = await openElection(elections, { contests: [contest], paper });
    const batchId = await own.batch(id, contests, 1, [yes], 'hall');
    for (const as of ['official', 'administrator', 'auditor'] as const) {
      expect(codeOf(await confirm(id, batchId, 1, as)), as).toBe('role-not-allowed');
    }
    expect((await confirm(id, batchId, 1, null)).status).toBe(401);
    expect(codeOf(await confirm('none', batchId, 1))).toBe('election-not-found');
    expect(codeOf(await confirm(id, `${'x'.repeat(42)}A`, 1))).toBe('batch-not-found');
  });

  test('Two batches with one ballot are named to each other, until people withdraw one', async () => {
    const id = await openElection(elections, { contests: [contest], paper });
    const guid = '0f4c1d1e-9a0b-4c35-8f0e-2b7d3f8a6c10';
    const first = await ballots.batch(id, contests, 1, [{ ...no, guid }], 'hall');
    const second = await ballots.batch(id, contests, 2, [{ ...yes, guid }, yes], 'school');
    const refused = await confirm(id, second, 2);
    expect([codeOf(refused), errorsOf(refused).map(({ path }) => path)]).toEqual(['conflict', [`batches/${first}`]]);
    await elections.call('POST', `/v1/elections/${id}/batches/${first}/withdraw`, {
      body: { reason: 'Not its ballot.' },
    });
    expect((await confirm(id, second, 2)).status).toBe(200);
  });
});

describe('Rules of paper ballots in a definition', () => {
  test('Stations with one id, common ballots or an empty range are faults, and paper needs its channel', async () => {
    const guid = (last: number): string => `00000000-0000-4000-8000-00000000000${last}`;
    const create = (changes: object) =>
      elections.call('POST', '/v1/elections', { body: motion({ channels: ['online', 'batches'], ...changes }) });
    const [hall = stations[0]!, school = stations[1]!] = stations;
    const printed = (from: number, to: number) => ({ printed: [{ from: guid(from), to: guid(to) }] });
    for (const [of, path] of [
      [[hall, { ...school, id: 'hall' }], 'body/paper/stations/1'],
      [[{ ...hall, ...printed(5, 2) }], 'body/paper/stations/0'],
      [
        [
          { ...hall, ...printed(4, 9) },
          { ...school, ...printed(1, 4) },
        ],
        'body/paper/stations/0',
      ],
    ] as const) {
      const refused = await create({ paper: { stations: of } });
      expect(errorsOf(refused)[0]?.path).toBe(path);
    }
    const created = await create({ paper: { stations: [{ ...hall, ...printed(1, 4) }, school] } });
    expect(electionOf(created).definition.paper?.stations).toHaveLength(2);
    const online = await create({ paper, channels: ['online'] });
    const preview = await elections.call('GET', `/v1/elections/${electionOf(online).id}/preview`);
    expect(preview.body).toMatchObject({ election: { channels: ['online'] } });
    expect((preview.body as { election: object }).election).not.toHaveProperty('paper');
  });
});
