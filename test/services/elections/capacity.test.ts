// How many elections are open or upcoming: the announcement beyond the limit is refused with the reason, operators are
// warned before, ended elections do not count, and no repeated statement reads all elections.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  currentBytesMax,
  currentElectionsMax,
  fullWarningShare,
  publicationVersionsKey,
} from '../../../src/protocol/current-elections.ts';
import { redisServers } from '../../../src/local/redis-settings.ts';
import { publicationsKey } from '../../../src/protocol/public-document.ts';
import { edgeUsers } from '../../../src/protocol/redis-users.ts';
import { verificationKeys } from '../../../src/platform/keys/signatures.ts';
import { createBallotsCalls } from '../../../src/services/elections/publishing/ballots-calls.ts';
import { createPublishing } from '../../../src/services/elections/publishing/publishing.ts';
import { dueElections } from '../../../src/store/elections/lifecycle.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import { announced, later } from '../../support/services/voting-election.ts';
import { codeOf, detailOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Answer, Elections } from '../../support/services/elections.ts';

let elections: Elections;
let redis: { edge: Awaited<ReturnType<typeof startOwnRedis>>; control: Awaited<ReturnType<typeof startOwnRedis>> };
beforeAll(async () => {
  redis = { edge: await startOwnRedis(), control: await startOwnRedis(redisServers.control) };
  const redisUrls = { edge: redis.edge.url('elections'), control: redis.control.url('elections') };
  elections = await startElections({ redisUrls });
  // These elections are in no other service, and the tests decide what is due.
  await elections.logic.schedule.stop();
});
afterAll(async () => {
  await elections[Symbol.asyncDispose]();
  await Promise.all(Object.values(redis).map((server) => server[Symbol.asyncDispose]()));
});

const query = (text: string, values: unknown[] = []) => elections.databases.query('elections', text, values);
// Announced elections that no service but this one knows. They are upcoming, so nothing of them is due.
const fill = (count: number, documentsBytes = 0) =>
  query(
    `insert into pv.election (election_id, state, definition, announced, opens_at, closes_at, rehearsal, created_by,
       changed_by, documents)
     select 'filled-' || gen_random_uuid(), 'announced', '{"title": {"en": "Filled"}, "contests": []}', '{}',
       now() + interval '1 h', now() + interval '2 h', true, 'test', 'test',
       case when $2 > 0 then to_json(repeat('x', $2)) end
     from generate_series(1, $1::int)`,
    [count, documentsBytes],
  );
// All that a test announced has ended.
afterEach(() =>
  query(`update pv.election set opens_at = now() - interval '2 h', closes_at = now() - interval '1 h',
  changed_at = now() - interval '1 h', state = 'closed',
  participation = 0, turnout = '{"turnout": {"final": true}}', kept = documents_revision || '/' || turnout_revision || '/' || results_revision
  where state = 'announced'`),
);

const draft = async (): Promise<string> =>
  electionOf(await elections.call('POST', '/v1/elections', { body: motion({ opensAt: inHours(1) }) })).id;
const announce = (id: string): Promise<Answer> => elections.call('POST', `/v1/elections/${id}/announce`);
const alarmsOf = async (id: string): Promise<readonly unknown[]> =>
  ((await elections.call('GET', `/v1/elections/${id}/live`)).body as { alarms: { code: string }[] }).alarms
    .map(({ code }) => code)
    .filter((code) => code.startsWith('platform-'));
const capacityOf = async (id: string): Promise<unknown> =>
  ((await elections.call('GET', `/v1/elections/${id}/readiness`)).body as { checks: { name: string }[] }).checks.find(
    ({ name }) => name === 'capacity',
  );

describe('The number of open and upcoming elections', () => {
  test('The announcement beyond the limit is refused with the reason, also among many at once', async () => {
    const drafts = await Promise.all(Array.from({ length: 6 }, draft));
    await fill(currentElectionsMax - 3);
    const answers = await Promise.all(drafts.map(announce));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.map(codeOf)).toEqual(['conflict', 'conflict', 'conflict']);
    expect(detailOf(refused[0]!)).toContain(`at most ${currentElectionsMax} open and upcoming elections`);
    expect(detailOf(refused[0]!)).toContain(`Now there are ${currentElectionsMax}`);
    const again = drafts[answers.findIndex(({ status }) => status === 409)]!;
    // The draft is unchanged, and is announced when others have ended.
    await query(`update pv.election set opens_at = now() - interval '2 h', closes_at = now() - interval '1 h'
      where election_id like 'filled-%'`);
    expect((await announce(again)).status).toBe(200);
  });

  test('Documents that are too large together are refused likewise', async () => {
    const id = await draft();
    await fill(1, currentBytesMax - 500);
    const answer = await announce(id);
    expect([answer.status, detailOf(answer)]).toEqual([409, expect.stringContaining('64 MB of documents')]);
  });

  test('Readiness, the live page and metrics warn before the limit and at it', async () => {
    const id = await announced(elections, { opensAt: inHours(1) });
    expect(await alarmsOf(id)).toEqual([]);
    expect(await capacityOf(id)).toMatchObject({ state: 'ok' });
    await fill(Math.round(currentElectionsMax * fullWarningShare) - 1);
    await expect.poll(() => alarmsOf(id)).toEqual(['platform-nearly-full']);
    expect(await capacityOf(id)).toMatchObject({ state: 'warning', next: expect.any(String) as string });
    await fill(Math.round(currentElectionsMax * (1 - fullWarningShare)));
    await expect.poll(() => alarmsOf(id)).toEqual(['platform-full']);
    const metrics = await elections.metrics.metrics();
    expect(metrics).toContain(`popvote_elections_current{service="elections"} ${currentElectionsMax}`);
    expect(metrics).toContain(`popvote_elections_current_max{service="elections"} ${currentElectionsMax}`);
  });
});

describe('The elections that are due', () => {
  const due = (excluded: readonly string[] = [], limit = 10) =>
    dueElections(elections.pool, { limit, turnoutMs: 60_000, rehearsalTurnoutMs: 2_000, excluded });

  test('Those that failed a moment ago are excluded, and what people wait for comes first', async () => {
    await query(`insert into pv.election (election_id, state, definition, announced, opens_at, closes_at, rehearsal,
        created_by, changed_by, changed_at)
      select 'due-' || n, 'announced', '{}', '{}', now() - interval '1 h', now() + interval '2 h', true, 'test', 'test',
        now() - interval '1 h' from generate_series(1, 300) n`);
    const ending = `update pv.election set closes_at = now() - interval '10 min' where election_id = 'due-300'`;
    await query(ending);
    const [first, ...others] = await due();
    expect(first).toMatchObject({ id: 'due-300', ended: true });
    expect(others).toHaveLength(9);
    const failed = others.map(({ id }) => id);
    expect((await due(failed)).filter(({ id }) => failed.includes(id))).toEqual([]);
  });

  test('A closed election with paper ballots is counted more and more rarely, a finished one never', async () => {
    await query(`insert into pv.election (election_id, state, definition, announced, opens_at, closes_at, rehearsal,
        created_by, changed_by, changed_at, participation, turnout_at)
      values ('paper', 'closed', '{}', '{}', now() - interval '9 h', now() - interval '8 h', true, 'test', 'test',
        now() - interval '8 h', 0, now() - interval '10 min')`);
    const isDue = async () => (await due([], 1_000)).some(({ id }) => id === 'paper');
    expect(await isDue()).toBe(false);
    await query(`update pv.election set turnout_at = now() - interval '30 min' where election_id = 'paper'`);
    expect(await isDue()).toBe(true);
    // A change since the last count makes it due at the usual time.
    await query(`update pv.election set turnout_at = now() - interval '1 min', changed_at = now() - interval '30 s'
      where election_id = 'paper'`);
    expect(await isDue()).toBe(true);
    await query(`update pv.election set turnout = '{"turnout": {"final": true}}', turnout_revision = 1, kept = '0/1/0'
      where election_id = 'paper'`);
    expect(await isDue()).toBe(false);
    const [row] = await elections.databases.query<{ idle: boolean }>(
      'elections',
      `select idle from pv.election where election_id = 'paper'`,
    );
    expect(row?.idle).toBe(true);
  });
});

describe('The publications in Redis', () => {
  test('Elections that ended first leave it when `ballots` has them, others and current ones stay', async () => {
    const { pool, edgeRedis, logger, access } = { ...elections.outside, access: elections.access };
    const publishing = createPublishing({
      pool,
      ballots: createBallotsCalls(elections.outside.ballots),
      places: [{ redis: edgeRedis, ended: { elections: 2, bytes: 1_048_576 } }],
      publishers: verificationKeys(access.keys.public.publishers),
      releaseOpenings: () => Promise.resolve(),
      logger,
    });
    const ids: string[] = [];
    for (let n = 0; n < 4; n += 1) ids.push(await announced(elections, { opensAt: inHours(-1), graceSeconds: 0 }));
    const [oldest = '', unkept = '', ...recent] = ids;
    const current = await announced(elections);
    for (const [index, id] of ids.entries()) {
      await later(elections, id, 50 * 3_600);
      await query(
        `update pv.election set state = 'closed', participation = 0, changed_at = now() - make_interval(mins => $2)
         where election_id = $1`,
        [id, 60 - index],
      );
    }
    await query(`update pv.election set kept = documents_revision || '/' || turnout_revision || '/0' where true`);
    await query(`update pv.election set kept = '0/0/0' where election_id = $1`, [unkept]);
    await edgeRedis.hset(publicationsKey, 'of-another-platform', '{}');
    await publishing.repair();
    const there = new Set(await edgeRedis.hkeys(publicationsKey));
    expect([oldest, unkept, ...recent, current, 'of-another-platform'].map((id) => there.has(id))).toEqual([
      false,
      true,
      ...recent.map(() => true),
      true,
      true,
    ]);
    expect(await edgeRedis.hexists(publicationVersionsKey, oldest)).toBe(0);
    expect(await edgeRedis.hexists(publicationVersionsKey, current)).toBe(1);
  });

  test('Publications return with the users of an older version of Redis, who may not list them', async () => {
    const older = edgeUsers.map(({ name, rules }) => ({
      name,
      rules: rules.filter((rule) => !rule.includes(publicationVersionsKey) && (rule !== '+hkeys' || name === 'api')),
    }));
    await using server = await startOwnRedis({ users: older, settings: redisServers.edge.settings });
    const { logger } = elections.outside;
    const connection = connectRedis(server.url('elections'), logger);
    await redisReady(connection, 5_000);
    const publishing = createPublishing({
      pool: elections.pool,
      ballots: createBallotsCalls(elections.outside.ballots),
      places: [{ redis: connection, ended: { elections: 2, bytes: 1_048_576 } }],
      publishers: verificationKeys(elections.access.keys.public.publishers),
      releaseOpenings: () => Promise.resolve(),
      logger,
    });
    const id = await announced(elections);
    await publishing.publish(id);
    expect(await connection.hexists(publicationsKey, id)).toBe(1);
    await connection.hdel(publicationsKey, id);
    await publishing.repair();
    expect(await connection.hexists(publicationsKey, id)).toBe(1);
    connection.disconnect();
  });
});
