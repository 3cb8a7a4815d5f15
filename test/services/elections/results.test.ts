// Results over the control API, with real databases: counted once, tied, decided by lot, published, read by the public.
import { createHash, randomUUID } from 'node:crypto';
import canonicalize from 'canonicalize';
import { parse } from 'csv-parse/sync';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createDocuments } from '../../../src/services/api/documents/documents.ts';
import { publishedElectionRoutes } from '../../../src/services/api/routes/elections.ts';
import { shareText } from '../../../src/domain/counting/share.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { valueIsSigned, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import { allTexts } from '../../../src/pages/public/languages/all-texts.ts';
import { publicationsKey } from '../../../src/protocol/public-document.ts';
import { publication } from '../../../src/protocol/record/publication.ts';
import type { Publication } from '../../../src/protocol/record/publication.ts';
import { findInMemory } from '../../support/archives.ts';
import { createLogProbe } from '../../support/log.ts';
import {
  closeElection,
  chamber,
  layingBallots,
  openElection,
  resultsOf,
} from '../../support/services/counted-election.ts';
import type { Ballots, Votes } from '../../support/services/counted-election.ts';
import { codeOf, detailOf, electionOf, errorsOf, startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';

let elections: Elections;
let ballots: Ballots;
let edge: Redis;
beforeAll(async () => {
  elections = await startElections();
  ballots = layingBallots(elections);
  edge = new Redis(inject('redisUrls')['elections'] ?? '');
});
afterAll(async () => {
  edge.disconnect();
  await ballots[Symbol.asyncDispose]();
  await elections[Symbol.asyncDispose]();
});

const post = (id: string, act: string, body?: object) =>
  elections.call('POST', `/v1/elections/${id}/${act}`, body === undefined ? {} : { body });
const get = (id: string, what: string) => elections.call('GET', `/v1/elections/${id}/${what}`);
const votes = (...counts: readonly number[]): Votes[] =>
  counts.map((count, index) => ({ choices: [[`option-${index + 1}`]], count }));
const plurality = (options: number): object => ({
  id: 'president',
  title: { en: 'President' },
  method: 'plurality',
  options: Array.from({ length: options }, (_, index) => ({ title: { en: `Name ${index + 1}` }, kind: 'individual' })),
});

/** A closed election of one contest with these votes, and nothing missing. */
async function closedElection(contest: object, cast: readonly Votes[]): Promise<string> {
  const id = await openElection(elections, { contests: [contest] });
  await ballots.cast(id, [(contest as { id: string }).id], cast);
  await closeElection(elections, id);
  return id;
}

/** What is published of an election where the public's `api` reads it. */
const publicResults = async (id: string): Promise<Publication> =>
  publication.parse(JSON.parse((await edge.hget(publicationsKey, id)) ?? 'null'));

/** The public `api` with the current documents of an election in Redis. */
async function publicApi(id: string): Promise<App> {
  const documents = createDocuments(verificationKeys(elections.access.keys.public.publishers));
  expect(documents.take(id, (await edge.hget(publicationsKey, id)) ?? '')).toBe('taken');
  documents.setComplete();
  const { logger } = createLogProbe('api');
  const version = { version: '0', node: '0' };
  const { app } = await createHttp({ logger, metrics: createMetrics('api'), checks: [], version });
  await app.register(publishedElectionRoutes, {
    documents,
    elections: findInMemory(documents),
    pageList: () => Promise.resolve(null),
    clock: Date.now,
  });
  return app;
}

describe('The tie for the last of 250 seats', () => {
  const seatsOf = (results: ReturnType<typeof resultsOf>) => {
    const [contest] = results.results.contests;
    return contest?.kind === 'seats' ? contest.options.map(({ seats }) => seats) : [];
  };
  const lot = (changes: object = {}) => ({
    contestId: 'parliament',
    order: ['option-2', 'option-5'],
    note: 'Drawn in public by the commission.',
    ...changes,
  });
  let id: string;
  beforeAll(async () => {
    id = await closedElection(chamber(5, 250, 5), votes(20, 80, 100, 100, 200));
  });

  test('Five lists get 0, 41, 52, 52 and 104 seats, and the last seat is tied', async () => {
    const counted = await post(id, 'count');
    expect(counted.status).toBe(200);
    const results = resultsOf(counted);
    expect(results).toMatchObject({ state: 'provisional', revision: 1, openTies: ['parliament'] });
    expect(seatsOf(results)).toEqual([0, 41, 52, 52, 104]);
    expect(results.results.contests[0]).toMatchObject({
      tie: { tied: ['option-2', 'option-5'], seatsLeft: 1, lot: null },
      // 80/42 = 200/105: the same quotient exactly.
      nextSeat: [
        { optionId: 'option-2', votes: 80, divisor: 42 },
        { optionId: 'option-5', votes: 200, divisor: 105 },
      ],
      threshold: { votesNeeded: 25 },
    });
    expect(electionOf(await elections.call('GET', `/v1/elections/${id}`)).state).toBe('counted');
  });

  test('Before the end no one sees a result; then staff see the count, and the public what is published', async () => {
    // What the public pages say of it.
    expect(allTexts.en.pages.sealed).toBe(
      'No one gets a result before voting closes. Then election staff count first, and publish after that.',
    );
    const open = await openElection(elections, { contests: [plurality(2)] });
    for (const answer of [await get(open, 'results'), await post(open, 'count')]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(answer)).not.toMatch(/"votes":/);
    }
    expect((await get(id, 'results')).status, 'counted, and read by staff').toBe(200);
    expect((await publicResults(id)).results, 'not yet by the public').toBeUndefined();
  });

  test('A result with an open tie is not published by mistake', async () => {
    const refused = await post(id, 'publish', {});
    expect([refused.status, codeOf(refused)]).toEqual([409, 'tie-open']);
    expect(errorsOf(refused)).toEqual([
      { path: 'contests/parliament', detail: '1 to be decided among 2 tied options: option-2, option-5.' },
    ]);
    expect((await publicResults(id)).results).toBeUndefined();
  });

  test('A result with an open tie can be published on request', async () => {
    const published = await post(id, 'publish', { acceptOpenTies: true, revision: 1 });
    expect(resultsOf(published)).toMatchObject({ state: 'published', publishedRevision: 1 });
    const { results, turnout, documents } = await publicResults(id);
    expect(results?.results).toEqual(resultsOf(published).results);
    expect(documents.map(({ election }) => election.phase)).toEqual(['published']);
    expect(turnout?.turnout).toMatchObject({ final: true, online: 500, batches: 0 });
  });

  test.each<[string, object, string]>([
    ['leaves one of the tied out', { order: ['option-2', 'option-3'] }, 'invalid-request'],
    ['names one twice', { order: ['option-2', 'option-2'] }, 'invalid-request'],
    ['names one who is not tied', { order: ['option-2', 'option-5', 'option-1'] }, 'invalid-request'],
    ['is for a contest that there is not', { contestId: 'senate' }, 'conflict'],
    ['does not say how it was drawn', { note: ' ' }, 'invalid-request'],
  ])('A lot that %s is rejected', async (_what, changes, code) => {
    expect(codeOf(await post(id, 'lots', lot(changes)))).toBe(code);
    expect(resultsOf(await get(id, 'results')).revision).toBe(1);
  });

  test('The drawing of lots gives the second list 42 seats, and keeps its note', async () => {
    const decided = resultsOf(await post(id, 'lots', lot()));
    expect(decided).toMatchObject({ state: 'provisional', revision: 2, publishedRevision: 1, openTies: [] });
    expect(seatsOf(decided)).toEqual([0, 42, 52, 52, 104]);
    expect(resultsOf(await post(id, 'lots', lot())).revision).toBe(2);
    const published = resultsOf(await post(id, 'publish', {}));
    expect(published).toMatchObject({ state: 'published', revision: 2, publishedRevision: 2 });
    const { results } = await publicResults(id);
    expect(results?.results.contests[0]?.tie?.lot).toEqual({ order: lot().order, note: lot().note });
  });

  test('A published drawing of lots is kept after another drawing', async () => {
    const refused = await post(id, 'lots', lot({ order: ['option-5', 'option-2'] }));
    expect([refused.status, codeOf(refused)]).toEqual([409, 'conflict']);
    expect(detailOf(refused)).toContain('published');
    expect(await elections.logic.recount(id)).toMatchObject({ same: true, revision: 2, ballots: 500 });
    for (const verb of [
      `update pv.result set body = '{}'`,
      `update pv.result set lots = '{}' where revision = 2`,
      'delete from pv.result',
      'truncate pv.result',
    ]) {
      await expect(elections.databases.query('elections', verb)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('The audit log has the drawing of lots and how it was drawn', async () => {
    const { body } = await elections.call('GET', `/v1/audit-log?objectId=${id}&limit=100`);
    const { entries } = body as { entries: { entry: { act: string; outcome: string; reason: string | null } }[] };
    const done = entries.map(({ entry }) => entry).filter(({ outcome }) => outcome === 'done');
    expect(done.map(({ act }) => act)).toEqual(
      expect.arrayContaining(['election.count', 'election.publish', 'election.decide-by-lot']),
    );
    expect(done.find(({ act }) => act === 'election.decide-by-lot')?.reason).toBe(lot().note);
  });
});

test('A lot that is not published yet may be replaced by one that was drawn properly', async () => {
  const id = await closedElection(plurality(3), votes(5, 5, 1));
  await post(id, 'count');
  const draw = (...order: string[]) => post(id, 'lots', { contestId: 'president', order, note: 'Drawn.' });
  expect(resultsOf(await draw('option-1', 'option-2')).results.contests[0]).toMatchObject({ winner: 'option-1' });
  const again = resultsOf(await draw('option-2', 'option-1'));
  expect([again.revision, again.results.contests[0]]).toMatchObject([3, { winner: 'option-2' }]);
  const outdated = await post(id, 'publish', { revision: 2 });
  expect([outdated.status, codeOf(outdated)]).toEqual([409, 'conflict']);
  // Two draw at the same moment: one of them is rejected.
  const codes = await Promise.all([draw('option-1', 'option-2'), draw('option-1', 'option-2')]);
  expect(codes.map(({ status }) => status).sort()).toEqual([200, expect.toBeOneOf([200, 409])]);
  expect(resultsOf(await get(id, 'results'))).toMatchObject({ revision: 4 });
});

describe('The shares of three options', () => {
  let id: string;
  beforeAll(async () => {
    id = await closedElection(plurality(3), votes(166, 167, 167));
    await post(id, 'count');
    await post(id, 'publish', { acceptOpenTies: true });
  });

  test('Votes of 166, 167 and 167 are shares of 0.332, 0.334 and 0.334', async () => {
    const [contest] = resultsOf(await get(id, 'results')).results.contests;
    const shares = contest?.options.map(({ share }) => shareText(share ?? { numerator: 0, denominator: 1 }, 3));
    expect(shares).toEqual(['0.332', '0.334', '0.334']);
  });

  test('Results are served to the public as signed, with an ETag, and as CSV', async () => {
    const api = await publicApi(id);
    const answer = await api.inject(`/v1/elections/${id}/results`);
    expect(answer.statusCode).toBe(200);
    const { results, signature } = answer.json<{ results: object; signature: Parameters<typeof valueIsSigned>[2] }>();
    expect(valueIsSigned(verificationKeys(elections.access.keys.public.publishers), results, signature)).toBe(true);
    const sha256 = createHash('sha256')
      .update(canonicalize(results) ?? '')
      .digest('hex');
    expect(sha256).toBe(resultsOf(await get(id, 'results')).sha256);
    const etag = String(answer.headers['etag']);
    const again = await api.inject({ url: `/v1/elections/${id}/results`, headers: { 'if-none-match': etag } });
    expect([again.statusCode, again.body]).toEqual([304, '']);

    const csv = await api.inject(`/v1/elections/${id}/results.csv`);
    expect(csv.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${id}-results.csv"`,
    });
    const rows = parse<Record<string, string>>(csv.body, { columns: true });
    expect(rows.filter(({ row }) => row === 'option')).toMatchObject([
      { electionId: id, optionId: 'option-1', votes: '166', share: '0.332000', rank: '3', title: 'Name 1', tied: 'no' },
      { optionId: 'option-2', votes: '167', share: '0.334000', rank: '1', tied: 'yes' },
      { optionId: 'option-3', votes: '167', share: '0.334000', rank: '1', kind: 'individual' },
    ]);
    expect(rows.find(({ row }) => row === 'onlineReceived')).toMatchObject({ votes: '500', contestId: '' });
    const headers = { 'if-none-match': String(csv.headers['etag']) };
    expect((await api.inject({ url: `/v1/elections/${id}/results.csv`, headers })).statusCode).toBe(304);
    expect((await get(id, 'results.csv')).body).toBe(csv.body);
    await api.close();
  });

  test('Results of an election that is counted and not published are not shown', async () => {
    const other = await closedElection(plurality(2), votes(1, 2));
    await post(other, 'count');
    const api = await publicApi(other);
    for (const what of ['results', 'results.csv']) {
      const answer = await api.inject(`/v1/elections/${other}/${what}`);
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([404, 'results-not-published']);
    }
    await api.close();
  });
});

describe('An election with batches of paper ballots', () => {
  const contests = ['president'];
  const yes = { choices: [['option-1']] };

  test('Paper ballots are reconciled by channel: received is valid and invalid, missing is reported', async () => {
    const id = await openElection(elections, { contests: [plurality(2)] });
    await ballots.cast(id, contests, votes(3, 1));
    const guid = randomUUID();
    await ballots.batch(id, contests, 4, [{ ...yes, guid }, yes, { ...yes, guid }, { choices: null }]);
    const missingBatch = await ballots.batch(id, contests, 10, [yes, yes]);
    await closeElection(elections, id);

    const refused = await post(id, 'count');
    expect([refused.status, codeOf(refused)]).toEqual([409, 'not-drained']);
    expect(errorsOf(refused)).toMatchObject([
      { path: `batches/${missingBatch}`, detail: expect.stringMatching(/^2 of 10 rows.*set-aside/) as string },
    ]);
    expect(
      (await elections.databases.query('box', 'select 1 from pv.closed_box where election_id = $1', [id])).length,
    ).toBe(0);
    const aside = await elections.call('POST', `/v1/elections/${id}/batches/${missingBatch}/set-aside`, {
      body: { reason: 'The station burnt down.' },
    });
    expect(aside.body).toMatchObject({
      batch: { state: 'set-aside', received: 10, checked: 2, counted: 2, invalid: 0 },
    });

    const counted = resultsOf(await post(id, 'count')).results;
    expect(counted.turnout).toEqual({ eligible: null, online: 4, batches: 6 });
    expect(counted.reconciliation).toEqual({
      online: { received: 4, valid: 4, invalid: 0 },
      batches: {
        received: 6,
        valid: 4,
        invalid: 2,
        files: 2,
        missing: 8,
        invalidByReason: [
          { reason: 'Duplicate ballot.', rows: 1 },
          { reason: 'Invalid poll number.', rows: 1 },
        ],
      },
    });
    expect(counted.contests[0]).toMatchObject({ valid: 8, options: [{ votes: 7 }, { votes: 1 }] });
    const again = await elections.call('POST', `/v1/elections/${id}/batches/${missingBatch}/set-aside`, {
      body: { reason: 'Again.' },
    });
    expect([again.status, detailOf(again)]).toEqual([409, expect.stringContaining('closed')]);
    // The box is closed: each invalid row is shown with its numbers.
    const { invalidBallots } = (await get(id, 'invalid-ballots')).body as { invalidBallots: { pollNumbers: string }[] };
    expect(invalidBallots.map(({ pollNumbers }) => pollNumbers)).toEqual([expect.any(String), expect.any(String)]);
    const csv = parse<Record<string, string>>(String((await get(id, 'invalid-ballots.csv')).body), { columns: true });
    expect(csv.map(({ pollNumbers }) => pollNumbers)).toEqual(invalidBallots.map(({ pollNumbers }) => pollNumbers));
  });

  test('The ledger and invalid rows are shown page by page, without the choices', async () => {
    const id = await openElection(elections, { contests: [plurality(2)] });
    const guid = randomUUID();
    const first = await ballots.batch(id, contests, 3, [{ ...yes, guid }, { choices: null }, yes]);
    const second = await ballots.batch(id, contests, 2, [yes, { ...yes, guid }]);
    const page = await get(id, 'batches?limit=1');
    expect(page.body).toMatchObject({
      batches: [{ batchId: first, official: ballots.official, received: 3, counted: 2, invalid: 1, state: 'whole' }],
      next: expect.any(String) as string,
    });
    const next = (page.body as { next: string }).next;
    expect((await get(id, `batches?limit=1&after=${next}`)).body).toMatchObject({
      batches: [{ batchId: second }],
      next: null,
    });
    const invalid = await get(id, 'invalid-ballots?limit=1');
    expect(invalid.body).toMatchObject({
      invalidBallots: [
        { batchId: first, row: 2, reason: 'Invalid poll number.', contestId: 'president', firstSeen: null },
      ],
    });
    const after = (invalid.body as { next: string }).next;
    expect((await get(id, `invalid-ballots?after=${after}`)).body).toEqual({
      invalidBallots: [
        {
          batchId: second,
          row: 2,
          guid,
          reason: 'Duplicate ballot.',
          contestId: null,
          official: ballots.official,
          firstSeen: { batchId: first, row: 1, electionId: id },
          // The box is open.
          pollNumbers: null,
        },
      ],
      next: null,
    });
    const csv = await get(id, 'invalid-ballots.csv');
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    // A spreadsheet must not read an id that begins with "-" as a formula: it then has an apostrophe before it.
    const asText = (value: string): string => value.replace(/^'/, '');
    const rows = parse<Record<string, string>>(String(csv.body), { columns: true, cast: asText });
    expect(rows).toMatchObject([
      { batchId: first, row: '2', reason: 'Invalid poll number.' },
      { batchId: second, row: '2', guid, firstBatchId: first, firstRow: '1' },
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'batchId',
      'row',
      'guid',
      'reason',
      'contestId',
      'official',
      'firstBatchId',
      'firstRow',
      'pollNumbers',
      'firstElectionId',
    ]);
    const acceptance = await elections.call('POST', `/v1/elections/${id}/batches/${first}/set-aside`, {
      body: { reason: 'No.' },
    });
    expect([acceptance.status, detailOf(acceptance)]).toEqual([409, expect.stringContaining('so it is complete')]);
    const unknown = `${'A'.repeat(42)}A`;
    const none = await elections.call('POST', `/v1/elections/${id}/batches/${unknown}/set-aside`, {
      body: { reason: 'No.' },
    });
    expect(codeOf(none)).toBe('batch-not-found');
  });
});

test('An election without votes, with one list, or with no one above the threshold has results', async () => {
  for (const [contest, cast, expected] of [
    [chamber(2, 10, 5), votes(0, 0), { seatsEmpty: 10, tie: null }],
    [chamber(1, 10, 5), votes(3), { seatsEmpty: 0, options: [{ seats: 10 }] }],
    [chamber(3, 10, 50), votes(4, 4, 4), { seatsEmpty: 10 }],
  ] as const) {
    const id = await closedElection(contest, cast);
    expect(resultsOf(await post(id, 'count')).results.contests[0]).toMatchObject(expected);
    expect((await post(id, 'publish', {})).status).toBe(200);
  }
});
