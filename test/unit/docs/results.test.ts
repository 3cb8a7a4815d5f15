// What docs/results.md tells outsiders to run, run: against results as they are really published, and against forged ones.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingMethods, seatMethodNames } from '../../../src/domain/counting/method-table.ts';
import { createDocuments } from '../../../src/services/api/documents/documents.ts';
import { publishedElectionRoutes } from '../../../src/services/api/routes/elections.ts';
import { publicKeyRoutes } from '../../../src/services/api/routes/public-keys.ts';
import { canonicalResults, firstResults, withLots } from '../../../src/services/elections/results/results-body.ts';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { signingKey, signValue, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import { shownElection } from '../../../src/protocol/public-document.ts';
import type { ResultsBody } from '../../../src/protocol/public-results.ts';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { definition } from '../../support/elections.ts';
import { countLawful, lawfulChambers, lawfulContest } from '../domain/counting/law-oracle.ts';
import { findInMemory } from '../../support/archives.ts';
import { createLogProbe } from '../../support/log.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/results.md'), 'utf8');
const [, program = ''] = /```js\n(.*?)```/s.exec(text) ?? [];

const counts = [20, 80, 100, 100, 200];
const [motion, council] = definition().contests;
const election = definition({
  contests: [
    motion!,
    {
      ...council!,
      id: 'parliament',
      seats: 250,
      thresholdPercent: 5,
      options: counts.map((_, index) => ({ id: `option-${index + 1}`, number: index + 1, title: { en: 'List' } })),
    },
  ],
});
const first = firstResults(election, {
  closedAt: election.closesAt,
  eligible: null,
  online: { received: 500, valid: 500 },
  batches: { files: 0, received: 0, valid: 0, missing: 0, invalidByReason: {} },
  totals: new Map([
    [
      'motion',
      {
        valid: 480,
        abstained: 20,
        votes: [
          { optionId: 'yes', votes: 300 },
          { optionId: 'no', votes: 180 },
        ],
      },
    ],
    [
      'parliament',
      { valid: 500, abstained: 0, votes: counts.map((votes, index) => ({ optionId: `option-${index + 1}`, votes })) },
    ],
  ]),
});
const lot = { order: ['option-2', 'option-5'], note: 'Drawn.' };

const keys = newKeyFiles();
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'popvote-docs-'));
  writeFileSync(join(directory, 'check-results.mjs'), program);
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The program's words about results that an `api` serves. */
async function checked(results: ResultsBody, forge: (app: App) => void = () => undefined, of = election) {
  const publisher = signingKey(keys.elections.publisher);
  const document = { ...shownElection(of), phase: 'published' as const, revision: 3 };
  const publication = {
    documents: [{ election: document, signature: signValue(publisher, document) }],
    results: { results, signature: signValue(publisher, results) },
  };
  const documents = createDocuments(verificationKeys(keys.public.publishers));
  expect(documents.take(of.id, JSON.stringify(publication))).toBe('taken');
  const { logger } = createLogProbe('api');
  const version = { version: '0', node: '0' };
  const { app } = await createHttp({ logger, metrics: createMetrics('api'), checks: [], version });
  forge(app);
  await app.register(publishedElectionRoutes, {
    documents,
    elections: findInMemory(documents),
    pageList: () => Promise.resolve(null),
    clock: Date.now,
  });
  await app.register(publicKeyRoutes, keys.public);
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    const child = spawn(process.execPath, [join(directory, 'check-results.mjs'), origin, of.id]);
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (out += String(chunk)));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out };
  } finally {
    await app.close();
  }
}

/** An election of contests with a law, drawn once and for all, and with the same ballots in each. */
function lawfulElection() {
  const chambers = fc.sample(lawfulChambers, { numRuns: 1_500, seed: 2026 }).filter(({ seats }) => seats > 0);
  const fitting = chambers.filter(({ lists }) => lists.reduce((sum, { votes }) => sum + votes, 0) <= 5_000);
  const tied = fitting.filter((chamber) => countLawful(chamber).tie !== null).slice(0, 8);
  const ruled = fitting.filter((chamber) => (countLawful(chamber).tieDecisions ?? []).length > 0).slice(0, 8);
  const small = [...tied, ...ruled, ...fitting.slice(0, 11)];
  const ballots = 5_000;
  const title = { en: 'Contest' };
  const contests = small.map((chamber, index) => {
    const { law, ...contest } = lawfulContest(chamber);
    const { tieRules = [], ...rules } = law ?? {};
    return {
      ...contest,
      id: `c${index}`,
      title,
      abstain: true,
      law: {
        ...rules,
        entitled: Math.max(1, chamber.entitled),
        ...(tieRules.length > 0 && { tieRules: [...tieRules] }),
      },
      options: contest.options.map((option) => ({ ...option, title, kind: 'party' as const })),
    };
  });
  const board = {
    id: 'board',
    title,
    method: 'approval' as const,
    seats: 2,
    minChoices: 1,
    maxChoices: 3,
    abstain: true,
    law: { required: [{ share: { numerator: 1, denominator: 10 }, of: 'cast' as const, moreThan: true }] },
    options: [1, 2, 3, 4].map((number) => ({ id: `o${number}`, number, title })),
  };
  const group = { share: { numerator: 5, denominator: 100 }, of: 'votes' as const, group: 'nation' };
  const regions = ['north', 'south'].map((id) => ({
    ...board,
    id,
    method: 'dhondt' as const,
    seats: 7,
    maxChoices: 1,
    law: { threshold: group },
  }));
  // The third list of the parliament is below the threshold, and is equal in the one local contest.
  const threshold = { ...group, share: { numerator: 20, denominator: 100 }, group: 'parliament', localSeats: 1 };
  const parliament = {
    ...board,
    id: 'parliament',
    method: 'dhondt' as const,
    seats: 10,
    maxChoices: 1,
    law: { threshold },
  };
  const { seats: _seats, ...single } = { ...board, id: 'epsom', method: 'plurality' as const, maxChoices: 1 };
  const epsom = { ...single, law: { localOf: 'parliament' } };
  const lawful = definition({
    id: 'lawful',
    contests: [...contests, board, ...regions, parliament, epsom] as never,
  });
  const votesOf = (id: string): readonly number[] => {
    if (id === 'board') return [400, 900, 700, 800];
    if (id === 'north') return [900, 80, 20, 7];
    if (id === 'south') return [800, 20, 180, 9];
    if (id === 'parliament') return [600, 300, 90, 10];
    if (id === 'epsom') return [40, 0, 40, 0];
    return small[Number(id.slice(1))]!.lists.map(({ votes }) => votes);
  };
  const totals = lawful.contests.map(({ id, options }) => {
    const votes = options.map((option, index) => ({ optionId: option.id, votes: votesOf(id)[index]! }));
    const all = votes.reduce((sum, option) => sum + option.votes, 0);
    const valid = id === 'board' ? 1_000 : all;
    return [id, { votes, valid, abstained: ballots - valid }] as const;
  });
  const counted = {
    closedAt: lawful.closesAt,
    eligible: null,
    online: { received: 0, valid: 0 },
    batches: {
      files: 1,
      received: ballots + 30,
      valid: ballots,
      missing: 0,
      invalidByReason: { 'Duplicate ballot.': 10, 'Invalid poll number.': 20 },
    },
    totals: new Map(totals),
  };
  return { lawful, counted };
}

describe('The program of docs/results.md', () => {
  test.each([
    ['with the tie open', first],
    ['with a lot', withLots(election, first, { parliament: lot }, 2)],
    ['with the other lot', withLots(election, first, { parliament: { ...lot, order: ['option-5', 'option-2'] } }, 2)],
  ])('The program agrees with the results of its example, %s', async (_what, results) => {
    const { code, out } = await checked(results);
    expect(out).not.toContain('WRONG');
    expect([code, out.match(/^ok/gm)?.length]).toEqual([0, 8]);
    expect(out).toContain(createHash('sha256').update(canonicalResults(results)).digest('hex'));
  });

  test('The program has the divisors of every method that shares seats', () => {
    const [, table = ''] = /^const divisors = \{ (.*) \};$/m.exec(program) ?? [];
    const methods = seatMethodNames.map((method) => {
      const { first, stride } = countingMethods[method].divisors;
      return `${method}: [${first}n, ${stride}n]`;
    });
    expect(table).toBe(methods.join(', '));
  });

  test('The program agrees with the results of every law, with a lot where one was needed', async () => {
    const { lawful, counted } = lawfulElection();
    const results = firstResults(lawful, counted);
    const tied = results.contests.filter(({ tie }) => tie !== null);
    expect(tied.length).toBeGreaterThan(2);
    const lots = Object.fromEntries(
      tied.map(({ contestId, tie }) => [contestId, { order: [...tie!.tied].reverse(), note: 'Drawn.' }]),
    );
    const decided = withLots(lawful, results, lots, 2);
    const chamberIn = ({ contests }: ResultsBody) => contests.find(({ contestId }) => contestId === 'parliament');
    expect(chamberIn(results)).toMatchObject({ undecided: true, options: [{ seats: 0 }, {}, { seats: 0 }, {}] });
    expect(chamberIn(decided)).toMatchObject({ options: [{}, {}, { standing: 'eligible', localSeats: 1 }, {}] });
    for (const each of [results, decided]) {
      const { code, out } = await checked(each, undefined, lawful);
      expect([code, out.match(/^WRONG.*/gm)]).toEqual([0, null]);
    }
    const forged = structuredClone(results);
    const elected = forged.contests.find((contest) => contest.kind === 'winner' && contest.winners?.length === 2);
    if (elected?.kind !== 'winner') throw new Error('there is no winner');
    elected.winners = elected.options.slice(-2).map(({ optionId }) => optionId);
    expect((await checked(forged, undefined, lawful)).out).toContain(`WRONG  ${elected.contestId}: the winners`);
  });

  test('The program reports what is not signed', async () => {
    const { code, out } = await checked(first, (app) =>
      app.addHook('onSend', (_request, _reply, payload, done) => {
        done(null, Buffer.isBuffer(payload) ? payload.toString().replace('"votes":300', '"votes":301') : payload);
      }),
    );
    expect([code, out]).toEqual([1, expect.stringContaining('WRONG  signature')]);
  });

  test('The program reports seats that were given to another, even with a valid signature', async () => {
    const forged = structuredClone(withLots(election, first, { parliament: lot }, 2));
    const [, chamber] = forged.contests;
    if (chamber?.kind !== 'seats') throw new Error('no chamber');
    chamber.options[2]!.seats += 1;
    chamber.options[3]!.seats -= 1;
    expect(await checked(forged)).toMatchObject({
      code: 1,
      out: expect.stringContaining('WRONG  parliament: the seats') as string,
    });
  });
});

test('The numbers of docs/results.md are the counted ones', () => {
  const seats = (results: ResultsBody): string => {
    const [, chamber] = results.contests;
    return chamber?.kind === 'seats'
      ? chamber.options
          .map((option) => option.seats)
          .join(', ')
          .replace(/, (\d+)$/, ' and $1')
      : '';
  };
  const other = { ...lot, order: ['option-5', 'option-2'] };
  for (const results of [
    first,
    withLots(election, first, { parliament: lot }, 2),
    withLots(election, first, { parliament: other }, 2),
  ]) {
    expect(text.replaceAll('\n', ' ')).toContain(seats(results));
  }
});
