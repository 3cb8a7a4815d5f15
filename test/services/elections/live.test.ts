// The live page of an election: what it shows, that numbers of voters move in whole steps, that each thing that is wrong
// raises its alarm, and that nothing else does, ballots on their way least of all.
import { randomBytes, randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisServers } from '../../../src/local/redis-settings.ts';
import { createFunnel } from '../../../src/services/api/sessions/funnel.ts';
import { createLive } from '../../../src/services/elections/monitoring/live.ts';
import { createTurnouts } from '../../../src/services/elections/turnout/turnout.ts';
import type { Turnouts } from '../../../src/services/elections/turnout/turnout.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import { batchQueueKey } from '../../../src/protocol/control/batch-entries.ts';
import { funnelFields, funnelKey, hourOf, textCodesKey } from '../../../src/protocol/funnel-counts.ts';
import { liveAnswer } from '../../../src/protocol/control/live-api.ts';
import type { Alarm, AlarmCode, Live } from '../../../src/protocol/control/live-api.ts';
import type { Finding } from '../../../src/protocol/control/system-api.ts';
import { reportKey, reportSilentMs, reportsKey } from '../../../src/protocol/provider-health.ts';
import type { ProviderReport } from '../../../src/protocol/provider-health.ts';
import { publicationsKey } from '../../../src/protocol/public-document.ts';
import { depositOnline } from '../../../src/store/box.ts';
import { openPool } from '../../../src/store/database.ts';
import type { Pool } from '../../../src/store/database.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import type { OwnRedis } from '../../support/processes/own-redis.ts';
import { createLogProbe } from '../../support/log.ts';
import { until } from '../../support/until.ts';
import { layingBallots } from '../../support/services/counted-election.ts';
import { codeOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';
import { announced, later, sealable, tookPart } from '../../support/services/voting-election.ts';

let servers: { edge: OwnRedis; control: OwnRedis };
let elections: Elections;
let edge: Redis;
let control: Redis;
let mixer: Pool;
beforeAll(async () => {
  servers = { edge: await startOwnRedis(), control: await startOwnRedis(redisServers.control) };
  const controlUrl = servers.control.url('elections');
  const edgeUrl = servers.edge.url('elections');
  elections = await startElections({ redisUrls: { control: controlUrl, edge: edgeUrl } });
  await sealable(elections);
  [edge, control] = [new Redis(servers.edge.url('admin')), new Redis(servers.control.url('admin'))];
  for (const redis of [edge, control]) redis.on('error', () => undefined);
  mixer = openPool(elections.databases.url('box', 'popvote_mixer'), { name: 'test-mixer', connectionsMax: 2 });
});
afterAll(async () => {
  for (const redis of [edge, control]) redis.disconnect();
  await mixer.end();
  await elections[Symbol.asyncDispose]();
  await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
});

const options = [{ title: { en: 'Yes' } }, { title: { en: 'No' } }];
const contests = [{ title: { en: 'Shall the library open on Sundays?' }, method: 'plurality', options }];
const open = (changes: object = {}): object => ({ opensAt: inHours(-1), closesAt: inHours(5), contests, ...changes });

/** Somebody who looks again and again, at times of its own. */
function viewer(turnouts: Turnouts = elections.logic.turnouts) {
  const time = { nowMs: Date.now(), clocks: [] as readonly Finding[] };
  const clocks = () => Promise.resolve(time.clocks);
  const live = createLive({ ...elections.outside, turnouts, clock: () => time.nowMs, clocks });
  const look = async (id: string, afterMs = 5_000): Promise<Live> => {
    time.nowMs += afterMs;
    return liveAnswer.parse(await live(id));
  };
  return {
    time,
    look,
    codes: async (id: string, afterMs?: number): Promise<AlarmCode[]> =>
      (await look(id, afterMs)).alarms.map(({ code }) => code),
  };
}
type Viewer = ReturnType<typeof viewer>;

const provider = (name: string, changes: Partial<ProviderReport['providers'][number]> = {}) => ({
  name,
  receives: true,
  sends: true,
  resting: false,
  sent: 0,
  failed: 0,
  ...changes,
});
/** What processes of `sms` say at this moment of the viewer. */
async function reportProviders(atMs: number, ...reports: readonly Partial<ProviderReport>[]): Promise<void> {
  await edge.del(reportsKey);
  for (const report of reports) {
    const id = randomUUID();
    const channels = { textIn: true, code: true, confirmation: true };
    const whole = { atMs, channels, providers: [provider('simulator')], ...report };
    await edge.multi().set(reportKey(id), JSON.stringify(whole)).zadd(reportsKey, whole.atMs, id).exec();
  }
}
const find = (alarms: readonly Alarm[], code: AlarmCode): Alarm | undefined =>
  alarms.find((each) => each.code === code);
/** Ballots come to the box, and leave the outbox. */
const deposited = (id: string, ballots: number): Promise<number> =>
  depositOnline(
    mixer,
    id,
    Array.from({ length: ballots }, () => ({ tracker: randomBytes(32), text: '{}' })),
  );
const fillOutbox = (id: string, ballots: number): Promise<unknown> =>
  elections.databases.query(
    'intake',
    `delete from pv.outbox where (election_id, slot) in
       (select election_id, slot from pv.outbox where election_id = $1 limit $2)`,
    [id, ballots],
  );

test('A clock that differs is a warning that names the service, the clock and the next step', async () => {
  const id = await announced(elections, open());
  const { look, time } = viewer();
  expect(find((await look(id)).alarms, 'clocks-differ')).toBeUndefined();
  const finding = { check: 'INTAKE_DATABASE_URL clock', state: 'failed', observed: '90000000 ms behind ours' } as const;
  time.clocks = ['mixer', 'ballots', 'api', 'api'].map((service) => ({ service, ...finding }));
  expect(find((await look(id)).alarms, 'clocks-differ')).toMatchObject({
    severity: 'warning',
    title: 'Voters may be refused: the clock of `mixer`, `ballots`, `api` differs.',
    detail: expect.stringContaining('mixer, INTAKE_DATABASE_URL clock: 90000000 ms behind ours.') as string,
    next: expect.stringContaining('NTP') as string,
  });
  expect(find((await look(id)).alarms, 'clocks-differ')?.detail).toContain('And 1 more.');
});

describe('An election that runs well', () => {
  test('A healthy election shows turnout, sessions, queues and providers, and no alarm', async () => {
    const id = await announced(elections, open({ rehearsal: false, channels: ['online', 'batches'] }));
    await tookPart(elections, id, 130);
    await deposited(id, 60);
    await fillOutbox(id, 60);
    await reportProviders(Date.now() + 600_000, {
      providers: [provider('one', { sent: 149, failed: 51 }), provider('two', { sends: false })],
    });
    await control.xadd(
      batchQueueKey,
      '*',
      'batch',
      randomBytes(32).toString('base64url'),
      'upload',
      randomUUID(),
      'rows',
      '4800',
      'election',
      id,
    );
    // Added as `api` adds, by its own user.
    const api = connectRedis(servers.edge.url('api'), createLogProbe('api').logger);
    await redisReady(api, 5_000);
    const funnel = createFunnel({ redis: api, logger: createLogProbe('api').logger, clock: Date.now });
    for (let n = 0; n < 199; n += 1) funnel.started(id, n % 2 === 0 ? 'text-in' : 'code');
    for (let n = 0; n < 150; n += 1) funnel.confirmed({ sid: `s${n}`, electionId: id }, n < 120 ? 'text-in' : 'code');
    for (let n = 0; n < 49; n += 1) funnel.cast({ sid: `s${n}`, electionId: id });
    await funnel.flush();
    api.disconnect();
    for (const as of ['administrator', 'auditor'] as const) {
      const answer = await elections.call('GET', `/v1/elections/${id}/live`, { as });
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(liveAnswer.parse(answer.body)).toMatchObject({
        turnout: { step: 50, channels: { online: 100, batches: 0 }, reconciliation: { difference: 0 } },
        funnel: {
          step: 50,
          started: 150,
          confirmed: 150,
          cast: 0,
          byMethod: { 'text-in': { started: 100, confirmed: 100 }, code: { started: 50, confirmed: 0 } },
        },
        queues: { outbox: 50, batches: { files: 1, rows: 4_800 } },
        providers: [
          { name: 'one', receives: true, sends: true, state: 'working', sent: 100, failed: 50, windowMinutes: 10 },
          { name: 'two', receives: true, sends: false, state: 'working', sent: 0, failed: 0 },
        ],
        alarms: [],
      });
    }
    expect((await elections.call('GET', `/v1/elections/${id}/live`, { as: 'official' })).status).toBe(403);
    await control.del(batchQueueKey);
  });

  test('No number of voters in it is finer than a step, and the funnel not even after the end', async () => {
    const id = await announced(elections, open({ rehearsal: false }));
    await reportProviders(Date.now() + 600_000, { providers: [provider('one', { sent: 7, failed: 3 })] });
    await tookPart(elections, id, 53);
    for (const field of funnelFields) await edge.hincrby(funnelKey(id), field, 53);
    const watcher = viewer();
    const during = await watcher.look(id);
    const whole = { started: 50, confirmed: 50 };
    const funnel = {
      step: 50,
      ...whole,
      cast: 50,
      byMethod: { 'text-in': whole, code: whole, 'text-in-confirmed': whole },
    };
    expect(during).toMatchObject({
      funnel,
      queues: { outbox: 50, batches: null },
      providers: [{ sent: 0, failed: 0 }],
    });
    expect(JSON.stringify(during)).not.toMatch(/:53[,}\]]|contest|option-|choice/);
    await later(elections, id, 6 * 3_600);
    await elections.logic.lifecycle.closeIntake(id);
    expect(await watcher.look(id)).toMatchObject({ turnout: { final: true, channels: { online: 53 } }, funnel });
    // A rehearsal is for looking on.
    const rehearsal = await announced(elections, open());
    expect((await watcher.look(rehearsal)).funnel).toBeNull();
    await edge.hincrby(funnelKey(rehearsal), 'started', 3);
    await edge.hset(funnelKey(rehearsal), 'cast', 'no number');
    expect((await watcher.look(rehearsal)).funnel).toMatchObject({ step: 1, started: 3, confirmed: 0, cast: 0 });
  });

  test('Ballots that are cast and moved between any two polls raise no alarm', async () => {
    const id = await announced(elections, open());
    const move = async (): Promise<void> => {
      await tookPart(elections, id, 7);
      await deposited(id, 7);
      await fillOutbox(id, 7);
    };
    const amid = async <Value>(ask: () => Promise<Value>): Promise<Value> => {
      await move();
      const answer = await ask();
      await move();
      return answer;
    };
    const { outside } = elections;
    const { ballots } = elections.logic;
    const turnouts = createTurnouts({
      pool: outside.pool,
      countBatchRows: () => Promise.resolve(0),
      ballots: { ...ballots, counts: (of) => amid(() => ballots.counts(of)) },
      boxPool: { query: (text: string) => amid(() => outside.boxPool.query(text)) } as unknown as Pool,
      marks: undefined as never,
      publishing: undefined as never,
      publisher: undefined as never,
    });
    const watcher = viewer(turnouts);
    await reportProviders(watcher.time.nowMs + 600_000, {});
    for (let looks = 0; looks < 4; looks += 1) {
      const { alarms, turnout } = await watcher.look(id);
      expect(alarms).toEqual([]);
      // They did move: two databases are asked one after the other.
      expect(turnout.reconciliation?.difference).toBeLessThan(0);
    }
    const calm = viewer();
    expect(await calm.look(id)).toMatchObject({ turnout: { reconciliation: { difference: 0 } }, alarms: [] });
  });

  test('A draft has no live view, and two questions within a moment get one answer', async () => {
    const draft = electionOf(await elections.call('POST', '/v1/elections', { body: motion() })).id;
    expect(codeOf(await elections.call('GET', `/v1/elections/${draft}/live`))).toBe('conflict');
    expect(codeOf(await elections.call('GET', '/v1/elections/nowhere/live'))).toBe('election-not-found');
    const id = await announced(elections, open());
    const watcher = viewer();
    const [first, second] = await Promise.all([watcher.look(id, 0), watcher.look(id, 0)]);
    await tookPart(elections, id, 1);
    expect([second, await watcher.look(id, 900)]).toEqual([first, first]);
    expect((await watcher.look(id, 200)).turnout.channels.online).toBe(1);
  });
});

describe('The alarms of an election', () => {
  const raised = async (watcher: Viewer, id: string, code: AlarmCode, afterMs?: number): Promise<Alarm> => {
    const { alarms } = await watcher.look(id, afterMs);
    const alarm = find(alarms, code);
    expect(alarm, `${code} among ${alarms.map((each) => each.code).join() || 'none'}`).toBeDefined();
    for (const text of [alarm!.title, alarm!.detail, alarm!.next]) expect(text).toMatch(/^[A-Z0-9`a-z].+\.$/s);
    return alarm!;
  };

  test('An alarm is raised at once when a ballot is nowhere, or one is in the box that no one cast', async () => {
    const id = await announced(elections, open());
    const watcher = viewer();
    await reportProviders(watcher.time.nowMs + 600_000, {});
    await tookPart(elections, id, 3);
    expect(await watcher.codes(id)).toEqual([]);
    await fillOutbox(id, 1);
    expect(await raised(watcher, id, 'ballots-missing')).toMatchObject({
      severity: 'alarm',
      title: '1 ballot that voters cast is missing.',
    });
    await deposited(id, 1);
    expect(await watcher.codes(id)).toEqual([]);
    await deposited(id, 4);
    await fillOutbox(id, 2);
    // Seen in the box at one look, and without a voter at the next.
    expect(await watcher.codes(id)).toEqual([]);
    expect(await raised(watcher, id, 'ballots-in-excess')).toMatchObject({
      severity: 'alarm',
      title: '2 ballots in the box have no voter.',
    });
  });

  test('An alarm is raised when movable ballots stay in the outbox for a minute of polls', async () => {
    const id = await announced(elections, open({ rehearsal: false }));
    const watcher = viewer();
    await reportProviders(watcher.time.nowMs + 600_000, {});
    await tookPart(elections, id, 99);
    for (let looks = 0; looks < 6; looks += 1) expect(await watcher.codes(id, 20_000)).toEqual([]);
    await tookPart(elections, id, 1);
    expect(await watcher.codes(id, 20_000)).toEqual([]);
    expect(await watcher.codes(id, 20_000)).toEqual([]);
    // A long pause between readings: earlier readings do not cover the time between.
    expect(await watcher.codes(id, 300_000)).toEqual([]);
    expect(await watcher.codes(id, 29_000)).toEqual([]);
    expect(await watcher.codes(id, 29_000)).toEqual([]);
    await deposited(id, 1);
    await fillOutbox(id, 1);
    await tookPart(elections, id, 1);
    expect(await watcher.codes(id, 29_000)).toEqual([]);
    expect(await watcher.codes(id, 29_000)).toEqual([]);
    expect(await watcher.codes(id, 29_000)).toEqual([]);
    expect(await raised(watcher, id, 'outbox-not-draining', 29_000)).toMatchObject({ severity: 'warning' });
  });

  test('An alarm is raised at the second poll when rows of a file are missing and not queued', async () => {
    await using ballots = layingBallots(elections);
    const id = await announced(elections, open({ channels: ['online', 'batches'] }));
    const watcher = viewer();
    await reportProviders(watcher.time.nowMs + 600_000, {});
    const choices = [['option-1']];
    const batch = await ballots.batch(id, ['contest-1'], 5, [{ choices }, { choices }]);
    const queued = ['batch', batch, 'upload', randomUUID(), 'rows', '5', 'election', id] as const;
    await control.xadd(batchQueueKey, '*', ...queued);
    for (let looks = 0; looks < 3; looks += 1) expect(await watcher.codes(id)).toEqual([]);
    await control.del(batchQueueKey);
    expect(await watcher.codes(id)).toEqual([]);
    expect(await raised(watcher, id, 'batch-incomplete')).toMatchObject({
      severity: 'warning',
      title: 'Paper ballots are missing from 1 file.',
      detail: `Arrived from ${batch}: 2 of 5 rows. No other rows are queued.`,
    });
    const reason = { reason: 'The file is lost.' };
    await elections.call('POST', `/v1/elections/${id}/batches/${batch}/set-aside`, { body: reason });
    expect(await watcher.codes(id)).toEqual([]);
  });

  test('An alarm is raised when voters cannot confirm by text, by a code, or at all', async () => {
    const both = await announced(elections, open());
    const only = await announced(elections, open({ verification: { methods: ['text-in'] } }));
    const soon = await announced(elections, { ...open(), opensAt: inHours(1), verification: { methods: ['text-in'] } });
    const watcher = viewer();
    const resting = [provider('one', { resting: true }), provider('two')];
    const now = (): number => watcher.time.nowMs + 5_000;
    await reportProviders(now(), { providers: resting }, { providers: resting });
    expect((await watcher.look(both)).providers?.map(({ state }) => state)).toEqual(['resting', 'working']);
    expect(await raised(watcher, both, 'provider-resting', 1_500)).toMatchObject({
      severity: 'warning',
      title: 'one fails. Other providers send the texts.',
    });
    // One process that still sends by it is enough.
    await reportProviders(now(), { providers: resting }, {}, { providers: [provider('one'), provider('two')] });
    expect(await watcher.codes(both)).toEqual([]);

    const noCodes = {
      channels: { textIn: true, code: false, confirmation: false },
      providers: [provider('one', { resting: true })],
    };
    await reportProviders(now(), noCodes);
    expect(await raised(watcher, both, 'codes-unavailable')).toMatchObject({
      severity: 'warning',
      detail: 'No provider can send texts now.',
      next: expect.stringContaining('Voters can use the other method until then.') as string,
    });
    expect(await watcher.codes(only, 0)).not.toContain('codes-unavailable');
    await reportProviders(now(), { channels: { textIn: false, code: false, confirmation: false } });
    expect(await raised(watcher, both, 'text-in-unavailable')).toMatchObject({ severity: 'alarm' });
    expect(await raised(watcher, both, 'codes-unavailable', 0)).toMatchObject({
      detail: 'A limit on codes or on spending is reached.',
    });
    expect(await raised(watcher, only, 'text-in-unavailable', 0)).toMatchObject({ severity: 'alarm' });
    expect(await raised(watcher, soon, 'text-in-unavailable', 0)).toMatchObject({ severity: 'warning' });

    await reportProviders(watcher.time.nowMs - reportSilentMs, {});
    expect(await raised(watcher, both, 'sms-silent')).toMatchObject({ severity: 'alarm' });
    expect((await watcher.look(both, 0)).providers).toMatchObject([{ name: 'simulator', state: 'silent' }]);
    // What is no report counts for nothing, and neither does one that is too long.
    await reportProviders(now(), { providers: Array.from({ length: 17 }, (_, n) => provider(`p${n}`)) });
    expect(await watcher.look(both)).toMatchObject({ providers: [], alarms: [{ code: 'sms-silent' }] });
  });

  test('A text alone and a code back both have to work where voters need both', async () => {
    const confirmed = { verification: { methods: ['text-in-confirmed'], notice: { contact: '+852 2891 1001' } } };
    const id = await announced(elections, open(confirmed));
    const watcher = viewer();
    const now = (): number => watcher.time.nowMs + 5_000;
    const channels = { textIn: true, code: true, confirmation: true };
    await reportProviders(now(), { channels, notices: { sent: 40, failed: 0 } });
    expect(await watcher.codes(id)).toEqual([]);
    await reportProviders(now(), { channels: { ...channels, confirmation: false } });
    expect(await raised(watcher, id, 'codes-unavailable')).toMatchObject({ severity: 'alarm' });
    await reportProviders(now(), { channels: { ...channels, textIn: false } });
    expect(await raised(watcher, id, 'text-in-unavailable')).toMatchObject({ severity: 'alarm' });
    const notices = { sent: 40, failed: 3 };
    await reportProviders(now(), { channels, notices }, { channels, notices });
    expect(await raised(watcher, id, 'notices-not-sent')).toMatchObject({
      severity: 'warning',
      detail: 'In the last 10 minutes at least 6 notices were not sent, and 80 were.',
    });
    const without = await announced(elections, open());
    expect(await watcher.codes(without, 0)).toEqual([]);
  });

  describe('Codes against sessions', () => {
    const hourMs = 3_600_000;
    const minutesMs = 240_000;
    const sums = (nowMs: number, byApi: number, bySms: number, hoursBack = 0) =>
      edge.mset(
        textCodesKey('asked', hourOf(nowMs) - hoursBack),
        byApi,
        textCodesKey('made', hourOf(nowMs) - hoursBack),
        bySms,
      );
    /** At a moment that has minutes of its hour left: the looks of a test are in one hour. */
    const viewerWithinHour = (): Viewer => {
      const watcher = viewer();
      const leftMs = hourMs - (watcher.time.nowMs % hourMs);
      if (leftMs < minutesMs) watcher.time.nowMs += leftMs;
      return watcher;
    };
    /** What three looks within half a minute raise. */
    const looks = async (watcher: Viewer, id: string): Promise<AlarmCode[]> => {
      const codes: AlarmCode[] = [];
      for (let n = 0; n < 3; n += 1) {
        await reportProviders(watcher.time.nowMs, {});
        codes.push(...(await watcher.codes(id, 12_000)));
      }
      return codes;
    };
    const clear = async (): Promise<void> => {
      await edge.del(...(await edge.keys('text-codes:*')), 'none');
    };

    test('Codes that no session asked for raise an alarm while they go on, in this hour and the next', async () => {
      const id = await announced(elections, open());
      const watcher = viewerWithinHour();
      await clear();
      await sums(watcher.time.nowMs, 40_000, 40_000 + 12_001);
      expect(await looks(watcher, id)).toEqual(['text-codes-in-excess']);
      await reportProviders(watcher.time.nowMs, {});
      expect(await raised(watcher, id, 'text-codes-in-excess', 0)).toMatchObject({
        severity: 'alarm',
        detail: expect.stringContaining('over 12 thousand codes more') as string,
      });
      watcher.time.nowMs += hourMs;
      expect(await looks(watcher, id)).toEqual(['text-codes-in-excess']);
      watcher.time.nowMs += hourMs;
      expect(await looks(watcher, id)).toEqual([]);
    });

    test.each([
      ['growth of both, however fast', [[3_000_000, 3_000_000, 0]]],
      ['a count of api that was lost with its process', [[1_000_000, 1_004_500, 0]]],
      ['few codes that were lost in a quiet hour', [[10, 10_010, 0]]],
      [
        'a count that fell into the next hour',
        [
          [2_500, 0, 0],
          [900_000, 902_500, 1],
        ],
      ],
      ['codes that sms lost, or made before its Redis was empty', [[500_000, 20, 0]]],
      ['nothing at all', []],
    ] as const)('No alarm is raised by %s', async (_what, hours) => {
      const id = await announced(elections, open());
      const watcher = viewerWithinHour();
      await clear();
      for (const [byApi, bySms, back] of hours) await sums(watcher.time.nowMs, byApi, bySms, back);
      expect(await looks(watcher, id)).toEqual([]);
    });

    test('A moment in which one count is in Redis before the other raises none', async () => {
      const id = await announced(elections, open());
      const watcher = viewerWithinHour();
      await clear();
      await sums(watcher.time.nowMs, 0, 150_000);
      await reportProviders(watcher.time.nowMs, {});
      expect(await watcher.codes(id)).toEqual([]);
      await sums(watcher.time.nowMs, 150_000, 150_000);
      expect(await looks(watcher, id)).toEqual([]);
      await clear();
    });
  });

  test('An alarm is raised when the document of the election stays missing from a Redis instance', async () => {
    const id = await announced(elections, open());
    const watcher = viewer();
    // Each look is five seconds later for the viewer.
    const look = async (): Promise<AlarmCode[]> => {
      await reportProviders(watcher.time.nowMs, {});
      return watcher.codes(id);
    };
    await edge.hdel(publicationsKey, id);
    expect(await look()).toEqual([]);
    // The service restores it by itself, so the test removes it repeatedly.
    await until(async () => {
      await edge.hdel(publicationsKey, id);
      return (await look()).includes('publication-missing');
    });
    await until(async () => (await edge.hexists(publicationsKey, id)) === 1);
    expect(await look()).toEqual([]);
  });

  test('An alarm is raised when there is no key to seal ballots to', async () => {
    await using fresh = await startElections();
    const id = await announced(fresh, open());
    const { alarms } = liveAnswer.parse((await fresh.call('GET', `/v1/elections/${id}/live`)).body);
    expect(find(alarms, 'sealing-unavailable')).toMatchObject({
      severity: 'alarm',
      title: 'Voters cannot cast: there is no key to seal ballots.',
    });
    expect(alarms[0]?.severity).toBe('alarm');
  });
});

describe('An unavailable dependency', () => {
  test('An unavailable ballot server is reported and hides nothing else', async () => {
    const id = await announced(elections, open());
    const watcher = viewer();
    await reportProviders(watcher.time.nowMs + 600_000, {});
    const back = await elections.stopBallots();
    try {
      expect(await watcher.look(id)).toMatchObject({
        turnout: { live: false, reconciliation: null },
        queues: { outbox: null },
        providers: [{}],
        alarms: [{ code: 'ballots-away', severity: 'alarm' }],
      });
    } finally {
      await back();
    }
    expect(await watcher.codes(id)).toEqual([]);
  });

  test('An unavailable box is reported and hides nothing else', async () => {
    const id = await announced(elections, open());
    const unreachable = openPool('postgres://unknown:nothing@127.0.0.1:1/box', {
      name: 'test-unreachable',
      connectionsMax: 1,
    });
    const { ballots } = elections.logic;
    const { outside } = elections;
    const turnouts = createTurnouts({
      pool: outside.pool,
      boxPool: unreachable,
      ballots,
      countBatchRows: () => Promise.reject(new Error('unavailable')),
      marks: undefined as never,
      publishing: undefined as never,
      publisher: undefined as never,
    });
    const watcher = viewer(turnouts);
    await reportProviders(watcher.time.nowMs + 600_000, {});
    expect(await watcher.look(id)).toMatchObject({
      turnout: { live: true, reconciliation: null },
      alarms: [{ code: 'box-away', severity: 'warning' }],
    });
    await unreachable.end();
  });

  test('Each unavailable Redis instance is reported and hides nothing else', async () => {
    const id = await announced(elections, open({ channels: ['online', 'batches'] }));
    const watcher = viewer();
    await Promise.all([servers.edge.stop(), servers.control.stop()]);
    await until(() =>
      [elections.outside.edgeRedis, elections.outside.controlRedis].every((one) => one.status !== 'ready'),
    );
    expect(await watcher.look(id)).toMatchObject({
      turnout: { live: true },
      funnel: null,
      providers: null,
      queues: { outbox: 0, batches: null },
      alarms: [
        { code: 'edge-redis-away', severity: 'alarm' },
        { code: 'control-redis-away', severity: 'warning' },
      ],
    });
    await Promise.all([servers.edge.again(), servers.control.again()]);
    await until(async () => {
      const codes = await watcher.codes(id, 0).catch(() => ['x']);
      watcher.time.nowMs += 2_000;
      return !codes.includes('edge-redis-away') && !codes.includes('control-redis-away');
    });
  });
});
