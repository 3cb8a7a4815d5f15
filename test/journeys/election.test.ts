// A whole election over the control API, in order: parties and persons, voters with phones and officials with paper
// ballots, the end, a tie and its lot, and results that anyone can read and check. Only public addresses and the
// addresses of the control APIs are used.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shareText } from '../../src/domain/counting/share.ts';
import { valueIsSigned, verificationKeys } from '../../src/platform/keys/signatures.ts';
import type { Live, Readiness } from '../../src/protocol/control/live-api.ts';
import type { ResultsDocument } from '../../src/protocol/public-document.ts';
import type { Person } from '../support/control.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';

/** Votes of the five parties and of the three persons: 500 each. The first three votes come from phones. */
const partyVotes = [20, 80, 100, 100, 200];
const personVotes = [166, 167, 167];
const online = [
  [5, 3],
  [5, 3],
  [2, 1],
] as const;

const electionId = `state-${randomUUID()}`;
let platform: Platform & { control: Control };
let administrator: Person;
let official: Person;
let auditor: Person;

beforeAll(async () => {
  platform = await startPlatform({ control: true });
  administrator = platform.control.administrator;
  [official, auditor] = await Promise.all([platform.control.person('official'), platform.control.person('auditor')]);
});
afterAll(() => platform[Symbol.asyncDispose]());

const elections = (who: Person, method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) =>
  who.call('elections', method, path, body === undefined ? {} : { body });

/** Asks again until the answer is as wanted, and returns it. */
async function eventually<Answer>(
  ask: () => Promise<Answer>,
  isExpected: (answer: Answer) => boolean,
): Promise<Answer> {
  let last = await ask();
  await until(async () => {
    if (!isExpected(last)) last = await ask();
    return isExpected(last);
  }, 'the answer');
  return last;
}

async function participants(kind: 'party' | 'individual', names: readonly string[]): Promise<string[]> {
  const ids = [];
  for (const name of names) {
    const answer = await elections(administrator, 'POST', '/v1/participants', { name, kind });
    expect(answer.status, answer.text).toBe(201);
    ids.push((answer.body['participant'] as { id: string }).id);
  }
  return ids;
}

function definition(parties: readonly string[], persons: readonly string[]) {
  const contest = { minChoices: 1, maxChoices: 1, abstain: false };
  const option = (participantId: string, index: number) => ({ id: `option-${index + 1}`, participantId });
  return {
    id: electionId,
    title: { en: 'State election', 'sr-Cyrl': 'Избори' },
    opensAt: new Date(Date.now() - 60_000).toISOString(),
    closesAt: new Date(Date.now() + 3_600_000).toISOString(),
    timeZone: 'Europe/Belgrade',
    rehearsal: true,
    channels: ['online', 'batches'],
    minBatch: 1,
    graceSeconds: 0,
    identity: { scheme: 'hkid' },
    verification: { methods: ['text-in'], verifiedSecondsMax: 900 },
    contests: [
      {
        id: 'parliament',
        title: { en: 'Parliament' },
        method: 'dhondt',
        seats: 250,
        thresholdPercent: 5,
        ...contest,
        options: parties.map(option),
      },
      {
        id: 'president',
        title: { en: 'President' },
        method: 'plurality',
        ...contest,
        options: persons.map(option),
      },
    ],
  };
}

/** The paper ballots: all votes that were not cast by phone. */
function paper(): string[] {
  const parties = partyVotes.flatMap((votes, index) => Array<number>(votes).fill(index + 1));
  const persons = personVotes.flatMap((votes, index) => Array<number>(votes).fill(index + 1));
  for (const [party, person] of online) {
    parties.splice(parties.indexOf(party), 1);
    persons.splice(persons.indexOf(person), 1);
  }
  return parties.map((party, index) => `${randomUUID()},${party},${persons[index] ?? 0}`);
}

async function upload(rows: readonly string[]) {
  const answer = await official.call('officials', 'POST', `/v1/batches?electionId=${electionId}`, {
    raw: `${rows.join('\n')}\n`,
    headers: { 'content-type': 'text/csv' },
  });
  expect(answer.status, answer.text).toBe(202);
  const { id } = answer.body['batch'] as { id: string };
  const settled = await eventually(
    () => official.call('officials', 'GET', `/v1/batches/${id}`),
    ({ body }) => (body['batch'] as { state?: string } | undefined)?.state === 'done',
  );
  return settled.body['batch'] as { id: string; rows: Record<string, number> };
}

test('A parliament and a president are elected by phone and on paper', { timeout: 180_000 }, async () => {
  const parties = await participants('party', ['Red', 'Blue', 'Green', 'Yellow', 'Violet']);
  const persons = await participants('individual', ['Ana', 'Bojan', 'Vera']);
  const drafted = await elections(administrator, 'POST', '/v1/elections', definition(parties, persons));
  expect(drafted.status, drafted.text).toBe(201);
  const at = (call: string): string => `/v1/elections/${electionId}${call}`;
  expect((await fetch(platform.origins.api + at(''))).status).toBe(404);
  const announced = await elections(administrator, 'POST', at('/announce'), {});
  expect(announced.status, announced.text).toBe(200);
  await eventually(
    () => fetch(platform.origins.api + at('')),
    ({ status }) => status === 200,
  );

  for (const [party, person] of online) {
    const voter = await new Voter(platform.origins, electionId).verify();
    const cast = await voter.cast({
      contests: [
        { contestId: 'parliament', choices: [`option-${party}`] },
        { contestId: 'president', choices: [`option-${person}`] },
      ],
    });
    expect(cast.status, cast.text).toBe(201);
  }
  const rows = paper();
  const [first = ''] = rows;
  expect(await upload(rows)).toMatchObject({ rows: { received: 497, counted: 497, invalid: 0 } });
  // A second file: a ballot that was counted already, in another spelling, and two numbers that no ballot has.
  const spoiled = [first.toUpperCase(), `${randomUUID()},6,1`, `${randomUUID()},1,4`];
  expect(await upload(spoiled)).toMatchObject({ rows: { received: 3, counted: 0, invalid: 3, duplicates: 1 } });

  // Those who run it see it run, and nothing is wrong.
  const live = await eventually(
    () => elections(auditor, 'GET', at('/live')),
    ({ body }) => (body as Live).funnel?.cast === 3 && (body as Live).turnout.reconciliation?.box === 3,
  );
  const { turnout, funnel, queues, providers, alarms } = live.body as Live;
  expect(turnout).toMatchObject({ channels: { online: 3, batches: 500 }, reconciliation: { difference: 0 } });
  expect(funnel).toMatchObject({ started: 3, confirmed: 3, byMethod: { 'text-in': { confirmed: 3 }, code: {} } });
  expect(queues).toEqual({ outbox: 0, batches: { files: 0, rows: 0 } });
  expect([providers?.map(({ state }) => state), alarms]).toEqual([['working'], []]);
  const { checks } = (await elections(auditor, 'GET', at('/readiness'))).body as Readiness;
  expect(checks.filter(({ state }) => state === 'failed')).toEqual([]);

  // No results are available before the end.
  expect((await elections(administrator, 'POST', at('/count'), {})).status).toBe(409);
  expect((await elections(auditor, 'GET', at('/results'))).status).toBeGreaterThanOrEqual(400);
  expect((await fetch(`${platform.origins.api}${at('/results')}`)).status).toBe(404);
  const closed = await elections(administrator, 'POST', at('/close'), { reason: 'All have voted.' });
  expect(closed.status, closed.text).toBeLessThan(300);
  await eventually(
    () => elections(auditor, 'GET', at('')),
    ({ body }) => (body['election'] as { state: string }).state === 'closed',
  );
  const counted = await eventually(
    () => elections(administrator, 'POST', at('/count'), {}),
    ({ status }) => status !== 409,
  );
  expect(counted.status, counted.text).toBeLessThan(300);

  // 80 votes ÷ 42 and 200 votes ÷ 105 are equal: the last seat is tied between the second and the fifth list.
  const note = 'Drawn by the oldest official before witnesses.';
  const lot = { order: ['option-2', 'option-5'], note };
  const lots = await elections(administrator, 'POST', at('/lots'), { contestId: 'parliament', ...lot });
  expect(lots.status, lots.text).toBeLessThan(300);
  const publish = () => elections(administrator, 'POST', at('/publish'), {});
  // The winner of the second contest is tied too: said, and published as a tie when that is meant.
  expect((await publish()).status).toBe(409);
  const published = await elections(administrator, 'POST', at('/publish'), { acceptOpenTies: true });
  expect(published.status, published.text).toBeLessThan(300);

  const answer = await eventually(
    () => fetch(`${platform.origins.api}${at('/results')}`),
    ({ status }) => status === 200,
  );
  const { results, signature } = (await answer.json()) as ResultsDocument;
  expect(valueIsSigned(verificationKeys(platform.keys.public.publishers), results, signature)).toBe(true);
  expect(results.reconciliation).toMatchObject({
    online: { received: 3, valid: 3, invalid: 0 },
    batches: { received: 500, valid: 497, invalid: 3, files: 2, missing: 0 },
  });
  const [parliament, president] = results.contests;
  expect(parliament?.kind === 'seats' && parliament.options.map(({ seats }) => seats)).toEqual([0, 42, 52, 52, 104]);
  expect(parliament?.tie).toMatchObject({ tied: ['option-2', 'option-5'], seatsLeft: 1, lot });
  expect(president?.options.map(({ votes }) => votes)).toEqual(personVotes);
  expect(president?.options.map(({ share }) => share && shareText(share, 3))).toEqual(['0.332', '0.334', '0.334']);
  expect(president).toMatchObject({ winner: null, tie: { tied: ['option-2', 'option-3'], lot: null } });

  // The list shows it as published, and the audit log is complete.
  const document = (await (await fetch(platform.origins.api + at(''))).json()) as { election: { phase: string } };
  expect(document.election.phase).toBe('published');
  expect((await elections(auditor, 'GET', '/v1/audit-log/verification')).body).toMatchObject({ broken: null });
  for (const secret of [
    first.slice(0, 36),
    first.slice(0, 36).toUpperCase(),
    administrator.password,
    official.password,
  ])
    expect(platform.output()).not.toContain(secret);
});
