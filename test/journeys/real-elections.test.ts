// Real elections through the whole way of paper: files of ballots, the count, the published results. One with every
// ballot, and one whose law decides seats, with its votes divided by a thousand.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countContest } from '../../src/domain/counting/counting-methods.ts';
import type { SeatCount } from '../../src/domain/counting/seat-count.ts';
import type { Person } from '../support/control.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import { greenland2021, realElections } from '../support/real-elections.ts';
import type { RealElection } from '../support/real-elections.ts';
import { until } from '../support/until.ts';

let platform: Platform & { readonly control: Control };
let administrator: Person;
let official: Person;
beforeAll(async () => {
  platform = await startPlatform({ control: true });
  ({ administrator } = platform.control);
  official = await platform.control.person('official');
}, 120_000);
afterAll(() => platform[Symbol.asyncDispose]());

const call = (id: string, method: 'GET' | 'POST', action: string, body?: object) =>
  administrator.call('elections', method, `/v1/elections/${id}${action}`, body && { body });

const contestOf = ({ method, seats, law, lists }: RealElection) => ({
  id: 'chamber',
  title: { en: 'Chamber' },
  method,
  seats,
  ...(Object.keys(law).length > 0 && { law }),
  options: lists.map(({ name, threshold }, index) => ({
    id: `list-${index + 1}`,
    title: { en: name },
    kind: 'party',
    ...(threshold !== undefined && { threshold }),
  })),
});

/** Longest wait for a count of twenty thousand signed entries, in milliseconds. */
const countMsMax = 60_000;

/** Uploads every ballot of an election on paper, counts and publishes it. An invalid ballot names no list. */
async function countOnPaper(election: RealElection): Promise<SeatCount> {
  const id = `real-${randomUUID().slice(0, 8)}`;
  const body = {
    id,
    title: { en: election.name },
    opensAt: new Date(Date.now() - 60_000).toISOString(),
    closesAt: new Date(Date.now() + 3_600_000).toISOString(),
    timeZone: 'UTC',
    rehearsal: true,
    channels: ['batches'],
    identity: { scheme: 'phone-only' },
    verification: { methods: ['text-in'] },
    contests: [contestOf(election)],
  };
  const drafted = await administrator.call('elections', 'POST', '/v1/elections', { body });
  expect(drafted.status, drafted.text).toBe(201);
  expect((await call(id, 'POST', '/announce', {})).status).toBe(200);
  const numbers = election.lists.flatMap(({ votes }, index) => Array<number>(votes).fill(index + 1));
  const ballots = [...numbers, ...Array<number>(election.invalid).fill(election.lists.length + 1)];
  const raw = ballots.map((number) => `${randomUUID()},${number}\n`).join('');
  await until(async () => {
    const upload = { raw, headers: { 'content-type': 'text/csv' } };
    return (await official.call('officials', 'POST', `/v1/batches?electionId=${id}`, upload)).status === 202;
  }, 'the upload');
  expect((await call(id, 'POST', '/close', { reason: 'All ballots are here.' })).status).toBe(200);
  // The count waits for every row.
  await until(async () => (await call(id, 'POST', '/count', {})).status === 200, 'the count', countMsMax);
  expect((await call(id, 'POST', '/publish', {})).status).toBe(200);
  const address = `${platform.origins.api}/v1/elections/${id}/results`;
  await until(async () => (await fetch(address)).status === 200, 'the public results');
  const { results } = (await (await fetch(address)).json()) as { results: { contests: SeatCount[] } };
  return results.contests[0]!;
}

test('Every ballot of Greenland 2021 is uploaded and gives the official seats', { timeout: 240_000 }, async () => {
  const count = await countOnPaper(greenland2021);
  expect(count.options.map(({ votes, seats }) => ({ votes, seats }))).toEqual(
    greenland2021.lists.map(({ votes, seats }) => ({ votes, seats })),
  );
});

test(
  'A thousandth of Serbia 2023 is counted by its law, as the law says in the domain',
  { timeout: 240_000 },
  async () => {
    const whole = realElections.find(({ name }) => name.startsWith('Serbia 2023'))!;
    const lists = whole.lists.map((list) => ({ ...list, votes: Math.round(list.votes / 1_000) }));
    const serbia: RealElection = { ...whole, lists, invalid: 105 };
    const count = await countOnPaper(serbia);
    expect(count.threshold).toMatchObject({ of: 'cast', base: 105 + lists.reduce((sum, { votes }) => sum + votes, 0) });
    const contest = { ...contestOf(serbia), minChoices: 1, maxChoices: 1 };
    const options = contest.options.map((option, index) => ({ ...option, kind: 'party' as const, number: index + 1 }));
    const votes = lists.map((list, index) => ({ optionId: `list-${index + 1}`, votes: list.votes }));
    const valid = votes.reduce((sum, option) => sum + option.votes, 0);
    const around = { invalid: 105, entitled: null, group: null };
    const expected = countContest({ ...contest, options }, { votes, valid, abstained: 0 }, null, around);
    expect(count).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(
      count.options.slice(5).every(({ standing, factor }) => standing === 'eligible' && factor !== undefined),
    ).toBe(true);
  },
);
