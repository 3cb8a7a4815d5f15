// How turnout grew: kept as it was published, in whole steps until the end, once a minute at most, and bounded however
// long an election runs.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { turnoutHistory, turnoutSamplesMax } from '../../../src/protocol/control/live-api.ts';
import type { TurnoutHistory } from '../../../src/protocol/control/live-api.ts';
import { until } from '../../support/until.ts';
import { codeOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';
import { announced, later, tookPart } from '../../support/services/voting-election.ts';

let elections: Elections;
beforeAll(async () => {
  elections = await startElections();
});
afterAll(() => elections[Symbol.asyncDispose]());

const options = [{ title: { en: 'Yes' } }, { title: { en: 'No' } }];
const contests = [{ title: { en: 'Shall the library open on Sundays?' }, method: 'plurality', options }];
const open = (changes: object = {}): object => ({ opensAt: inHours(-1), closesAt: inHours(5), contests, ...changes });
const read = async (id: string, as: 'administrator' | 'official' | 'auditor' = 'auditor'): Promise<TurnoutHistory> =>
  turnoutHistory.parse((await elections.call('GET', `/v1/elections/${id}/turnout-history`, { as })).body);
const onlineOf = async (id: string): Promise<number[]> => (await read(id)).samples.map(({ online }) => online);
/** So many minutes pass for what was kept, and the next turnout is due. */
const minutesPass = async (id: string, minutes: number): Promise<void> => {
  const text = `update pv.turnout_sample set minute = minute - make_interval(mins => $2::int),
      counted_at = counted_at - make_interval(mins => $2::int) where election_id = $1`;
  await elections.databases.query('elections', text, [id, minutes]);
  await dueAgain(id);
};
const dueAgain = (id: string): Promise<unknown> =>
  elections.databases.query(
    'elections',
    `update pv.election set turnout_at = turnout_at - interval '1 hour' where election_id = $1`,
    [id],
  );
const counted = async (id: string, voters: number): Promise<void> => {
  await tookPart(elections, id, voters);
  await dueAgain(id);
  const revision = async (): Promise<number> =>
    (
      await elections.databases.query<{ revision: number }>(
        'elections',
        'select turnout_revision as revision from pv.election where election_id = $1',
        [id],
      )
    )[0]?.revision ?? 0;
  const before = await revision();
  // Or the schedule does it first.
  await elections.logic.turnouts.refresh(id);
  await until(async () => (await revision()) > before, 'the next turnout');
};

test('The history grows in whole steps until the end, is exact from then on, and officials see it', async () => {
  const id = await announced(elections, open({ rehearsal: false }));
  await until(async () => (await onlineOf(id)).length === 1, 'the first sample');
  await counted(id, 49);
  expect(await onlineOf(id)).toEqual([0]);
  await minutesPass(id, 7);
  await counted(id, 2);
  await until(async () => (await onlineOf(id)).length === 2, 'the second sample');
  for (const as of ['administrator', 'official', 'auditor'] as const) {
    expect(await read(id, as)).toMatchObject({ electionId: id, step: 50, samples: [{ online: 0 }, { online: 50 }] });
  }
  // Nothing changed that may show: nothing is kept, whatever time has passed.
  await minutesPass(id, 100);
  await counted(id, 30);
  expect(await onlineOf(id)).toEqual([0, 50]);
  await later(elections, id, 6 * 3_600);
  await elections.logic.lifecycle.closeIntake(id);
  await until(async () => (await onlineOf(id)).at(-1) === 81, 'the final sample');
  const final = await read(id);
  expect(final.step).toBe(1);
  expect(final.samples.slice(0, -1).every(({ online }) => online % 50 === 0)).toBe(true);
  expect(JSON.stringify(final)).not.toMatch(/contest|option|choice/);
});

test('Two turnouts of a minute are one sample, the later', async () => {
  const id = await announced(elections, open());
  await counted(id, 1);
  await counted(id, 1);
  await counted(id, 1);
  await until(async () => (await onlineOf(id)).at(-1) === 3);
  const { samples } = await read(id);
  const minutes = samples.map(({ at }) => at.slice(0, 16));
  expect(new Set(minutes).size).toBe(minutes.length);
  expect(samples.length).toBeLessThanOrEqual(3);
});

test('The history of a long election is thinned evenly, and keeps the first and the last', async () => {
  const id = await announced(elections, { ...open(), opensAt: inHours(1) });
  const fill = (rows: number): Promise<unknown> =>
    elections.databases.query(
      'elections',
      `insert into pv.turnout_sample select $1, m, m, i, 2 * i from generate_series(1, $2::int) i,
         lateral (select date_trunc('minute', now(), 'UTC') - make_interval(mins => 20000 - i) as m) t
       on conflict do nothing`,
      [id, rows],
    );
  for (const rows of [turnoutSamplesMax - 1, turnoutSamplesMax]) {
    await fill(rows);
    expect((await onlineOf(id)).length).toBe(rows);
  }
  for (const rows of [turnoutSamplesMax + 1, 2_000, 14_400]) {
    await fill(rows);
    const history = await onlineOf(id);
    expect([history.length, history[0], history.at(-1)]).toEqual([turnoutSamplesMax, 1, rows]);
    const gaps = history.slice(1).map((online, index) => online - (history[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1);
    // The first sample is added to the evenly spaced ones, so only its gap may differ.
    expect(Math.max(...gaps) - Math.min(...gaps.slice(1))).toBeLessThanOrEqual(1);
    const { samples } = await read(id);
    expect(samples.map(({ at }) => at)).toEqual(samples.map(({ at }) => at).sort());
  }
});

test('A draft or a missing election has no history', async () => {
  const draft = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
  expect(codeOf(await elections.call('GET', `/v1/elections/${draft}/turnout-history`))).toBe('conflict');
  expect(codeOf(await elections.call('GET', '/v1/elections/nowhere/turnout-history'))).toBe('election-not-found');
});
