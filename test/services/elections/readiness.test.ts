// Readiness: each part of an election that is not ready is reported with a next step, and each ready part as ready.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisServers } from '../../../src/local/redis-settings.ts';
import { readinessNames, readiness as readinessSchema } from '../../../src/protocol/control/live-api.ts';
import type { DeviceAnswer, DeviceList } from '../../../src/protocol/control/devices-api.ts';
import type { Readiness, ReadinessCheck, ReadinessName } from '../../../src/protocol/control/live-api.ts';
import { reportKey, reportsKey } from '../../../src/protocol/provider-health.ts';
import type { ProviderReport } from '../../../src/protocol/provider-health.ts';
import { publicationsKey } from '../../../src/protocol/public-document.ts';
import { healthKey } from '../../../src/protocol/control/system-api.ts';
import type { HealthReport, ReportingService } from '../../../src/protocol/control/system-api.ts';
import { openPool } from '../../../src/store/database.ts';
import { keepServiceReport } from '../../../src/store/service-reports.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import type { OwnRedis } from '../../support/processes/own-redis.ts';
import { until } from '../../support/until.ts';
import { codeOf, electionOf, inHours, motion, startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';
import { announced, later, sealable, tookPart } from '../../support/services/voting-election.ts';

let servers: { edge: OwnRedis; control: OwnRedis };
let elections: Elections;
let edge: Redis;
let control: Redis;
beforeAll(async () => {
  servers = { edge: await startOwnRedis(), control: await startOwnRedis(redisServers.control) };
  const controlUrl = servers.control.url('elections');
  const edgeUrl = servers.edge.url('elections');
  elections = await startElections({ redisUrls: { control: controlUrl, edge: edgeUrl } });
  [edge, control] = [new Redis(servers.edge.url('admin')), new Redis(servers.control.url('admin'))];
  for (const redis of [edge, control]) redis.on('error', () => undefined);
});
afterAll(async () => {
  for (const redis of [edge, control]) redis.disconnect();
  await elections[Symbol.asyncDispose]();
  await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
});

const options = [{ title: { en: 'Yes' } }, { title: { en: 'No' } }];
const contests = [{ title: { en: 'Shall the library open on Sundays?' }, method: 'plurality', options }];
/** At noon in Belgrade, tomorrow and later: unambiguous times. */
const noon = (days: number): string =>
  new Date((Math.floor(Date.now() / 86_400_000) + days + 0.5) * 86_400_000).toISOString();
const real = (changes: object = {}): object =>
  motion({ rehearsal: false, opensAt: noon(1), closesAt: noon(2), contests, ...changes });
const read = async (id: string): Promise<Readiness> => {
  const readiness = readinessSchema.parse((await elections.call('GET', `/v1/elections/${id}/readiness`)).body);
  for (const { name, state, observed, next } of readiness.checks) {
    expect([name, observed.length > 0, next !== undefined && next.length > 0]).toEqual([name, true, state !== 'ok']);
  }
  const names = readiness.checks.map(({ name }) => name);
  expect(names).toEqual(readinessNames.filter((name) => names.includes(name)));
  return readiness;
};
const checkOf = async (id: string, name: ReadinessName): Promise<ReadinessCheck | undefined> =>
  (await read(id)).checks.find((check) => check.name === name);

const provider = (name: string, changes: Partial<ProviderReport['providers'][number]> = {}) => ({
  name,
  receives: true,
  sends: true,
  resting: false,
  sent: 0,
  failed: 0,
  ...changes,
});
/** What `sms` says; it stays fresh however slow the machine is. */
async function reportProvider(report: Partial<ProviderReport> | null): Promise<void> {
  await edge.del(reportsKey);
  if (report === null) return;
  const id = randomUUID();
  const channels = { textIn: true, code: true, confirmation: true };
  const whole = { atMs: Date.now() + 600_000, channels, providers: [provider('one'), provider('two')], ...report };
  await edge.multi().set(reportKey(id), JSON.stringify(whole)).zadd(reportsKey, whole.atMs, id).exec();
}
const healthOf = (findings: HealthReport['findings'] = []): HealthReport => ({
  instance: 'test-1',
  version: '0',
  reportedAt: new Date().toISOString(),
  findings,
});
const clock = (state: 'ok' | 'warning' | 'failed'): HealthReport['findings'][number] => ({
  check: 'BOX_DATABASE_URL clock',
  state,
  observed: state === 'ok' ? 'the same as ours' : '900 ms ahead of ours',
  ...(state !== 'ok' && { next: 'Let both machines follow NTP (chrony, systemd-timesyncd).' }),
});
async function reported(service: ReportingService, findings: HealthReport['findings'] = []): Promise<void> {
  await control.hset(healthKey(service), 'test-1', JSON.stringify(healthOf(findings)));
}

describe('A ready election', () => {
  test('Every check of a ready election passes, and says what it saw', async () => {
    await sealable(elections);
    await reportProvider({});
    await Promise.all([reported('officials'), reported('worker', [clock('ok')])]);
    const mixer = openPool(elections.databases.url('box', 'popvote_mixer'), { name: 'test-mixer', connectionsMax: 1 });
    await keepServiceReport(mixer, 'mixer', 'test-1', JSON.stringify(healthOf()));
    await mixer.end();
    const log = openPool(elections.databases.url('box', 'popvote_log'), { name: 'test-log', connectionsMax: 1 });
    await keepServiceReport(log, 'log', 'test-1', JSON.stringify(healthOf()));
    await log.end();
    const rehearsal = await announced(elections, { opensAt: inHours(-1), closesAt: inHours(5) });
    const channels = ['online', 'batches'];
    const verification = { methods: ['text-in', 'code'], activation: true };
    const body = real({ channels, identity: { scheme: 'roll' }, verification });
    const id = electionOf(await elections.call('POST', '/v1/elections', { body })).id;
    await elections.call('POST', `/v1/elections/${id}/announce`);
    const headers = { 'content-type': 'text/csv' };
    await elections.call('POST', `/v1/elections/${id}/roll`, { body: 'number\nA1\nB2\nC3\n', headers });
    await elections.call('POST', `/v1/elections/${id}/devices`, { body: { name: 'Tablet' } });
    // A rehearsal without votes is no rehearsal.
    expect(await checkOf(id, 'rehearsal')).toMatchObject({ state: 'warning' });
    await tookPart(elections, rehearsal, 1);
    await until(async () => (await checkOf(id, 'rehearsal'))?.state === 'ok', 'the turnout of the rehearsal');
    const { checks, electionId } = await read(id);
    expect(electionId).toBe(id);
    expect(checks.map(({ name }) => name)).toEqual(readinessNames);
    // The people of this test have one administrator.
    expect(checks.filter(({ state }) => state !== 'ok')).toMatchObject([{ name: 'two-people', state: 'warning' }]);
    const observed = Object.fromEntries(checks.map((check) => [check.name, check.observed]));
    expect(observed).toMatchObject({
      'text-in': 'Voters can text via one, two.',
      code: 'Codes are sent by one, two.',
      roll: '3 people are on the roll.',
      rehearsal: `A rehearsal was run within a day: ${rehearsal}.`,
    });
    expect((await elections.call('GET', `/v1/elections/${id}/readiness`, { as: 'official' })).status).toBe(403);
    // A rehearsal of long ago says little.
    await later(elections, rehearsal, 32 * 86_400);
    expect(await checkOf(id, 'rehearsal')).toMatchObject({
      state: 'warning',
      observed: expect.stringMatching(/31 days ago/) as string,
    });
  });
});

describe('An election that is not ready', () => {
  test('A draft is reported as one, and its open points are quoted', async () => {
    const night = `${noon(1).slice(0, 11)}02:00:00.000Z`;
    const body = real({ opensAt: night, verification: { methods: ['text-in'] } });
    const id = electionOf(await elections.call('POST', '/v1/elections', { body })).id;
    expect((await read(id)).checks).toMatchObject([
      { name: 'definition', state: 'warning', observed: expect.stringContaining('opensAt: It opens at') as string },
      { name: 'announcement', state: 'warning', next: expect.stringContaining('Announce the election') as string },
      { name: 'capacity', state: 'ok' },
      { name: 'two-people', state: 'warning', observed: expect.stringContaining('one administrator') as string },
      { name: 'second-factor', state: 'ok' },
    ]);
    await elections.call('POST', `/v1/elections/${id}/announce`);
    expect(await checkOf(id, 'verification')).toMatchObject({ state: 'warning' });
    expect(await checkOf(id, 'code')).toBeUndefined();
    expect(await checkOf(id, 'batches')).toBeUndefined();
    expect(await checkOf(id, 'roll')).toBeUndefined();
    expect(await checkOf(id, 'devices')).toBeUndefined();
    expect(codeOf(await elections.call('GET', '/v1/elections/nowhere/readiness'))).toBe('election-not-found');
  });

  test('Unavailable ways to verify are reported', async () => {
    const id = await announced(elections, real());
    const judged = async (report: Partial<ProviderReport> | null) => {
      await reportProvider(report);
      return [(await checkOf(id, 'text-in'))?.state, (await checkOf(id, 'code'))?.state];
    };
    expect(await judged({})).toEqual(['ok', 'ok']);
    expect(await judged({ providers: [provider('one')] })).toEqual(['ok', 'warning']);
    expect(await judged({ providers: [provider('one'), provider('two', { resting: true })] })).toEqual([
      'ok',
      'warning',
    ]);
    expect(await judged({ channels: { textIn: false, code: false, confirmation: false } })).toEqual([
      'failed',
      'failed',
    ]);
    expect(await judged({ providers: [provider('one', { resting: true })] })).toEqual(['ok', 'failed']);
    expect(await judged(null)).toEqual(['failed', 'failed']);
    expect(await judged({ atMs: Date.now() - 60_000 })).toEqual(['failed', 'failed']);
  });

  test('An empty roll, clocks that differ and silent services are reported', async () => {
    const id = await announced(elections, real({ identity: { scheme: 'roll' }, channels: ['online', 'batches'] }));
    expect(await checkOf(id, 'roll')).toMatchObject({ state: 'failed', next: 'Import the roll.' });
    await reported('worker', [clock('warning')]);
    expect(await checkOf(id, 'clocks')).toMatchObject({
      state: 'warning',
      observed: 'worker, BOX_DATABASE_URL clock: 900 ms ahead of ours.',
    });
    await reported('worker', [clock('failed'), clock('warning')]);
    expect(await checkOf(id, 'clocks')).toMatchObject({ state: 'failed' });
    await control.del(healthKey('worker'));
    expect(await checkOf(id, 'clocks')).toMatchObject({ state: 'warning' });
    expect(await checkOf(id, 'batches')).toMatchObject({
      state: 'warning',
      observed: 'No report from `worker` for minutes.',
    });
    await elections.databases.query('box', 'delete from pv.mixer_report');
    expect(await checkOf(id, 'sealing')).toMatchObject({ state: 'warning' });
  });

  test('Stations without a device are named, as long as they have none', async () => {
    const names = ['Town hall', 'Ship', 'School', 'Library', 'Gym'];
    const stations = names.map((name) => ({ id: name.toLowerCase().replace(' ', '-'), name }));
    const verification = { methods: ['text-in', 'code'], activation: true };
    const body = { channels: ['online', 'batches'], paper: { stations }, identity: { scheme: 'roll' }, verification };
    const id = await announced(elections, body);
    const devices = `/v1/elections/${id}/devices`;
    const counts = async () => (await elections.call('GET', `/v1/elections/${id}/device-counts`)).body;
    const enrol = async (stationId: string | undefined): Promise<string> => {
      const { body: answer } = await elections.call('POST', devices, { body: { name: 'Tablet', stationId } });
      return (answer as DeviceAnswer).device.id;
    };
    expect(await checkOf(id, 'devices')).toMatchObject({ state: 'failed' });
    const first = await enrol('ship');
    await enrol('ship');
    expect(await counts()).toEqual({
      stations: stations.map((station) => ({ stationId: station.id, devices: station.id === 'ship' ? 2 : 0 })),
    });
    expect(await checkOf(id, 'devices')).toMatchObject({
      state: 'warning',
      observed: '4 of 5 stations have no device: Town hall, School, Library and 1 more.',
    });
    for (const station of stations.filter((each) => each.id !== 'ship')) await enrol(station.id);
    expect(await checkOf(id, 'devices')).toMatchObject({ state: 'ok' });
    const [, second] = ((await elections.call('GET', `${devices}?stationId=ship`)).body as DeviceList).devices;
    for (const device of [first, second?.id]) await elections.call('DELETE', `${devices}/${device}`);
    expect(await checkOf(id, 'devices')).toMatchObject({ observed: '1 of 5 stations has no device: Ship.' });
  });

  test('A document with another signature and a missing intake are reported', async () => {
    const id = await announced(elections, real());
    expect(await checkOf(id, 'publication')).toMatchObject({ state: 'ok' });
    // The service corrects it every few seconds, so the test forges it repeatedly.
    await until(async () => {
      await edge.hset(publicationsKey, id, '{"documents":[]}');
      const check = await checkOf(id, 'publication');
      return check?.state === 'failed' && check.observed === 'The edge Redis has no signed document.';
    });
    await elections.databases.query('intake', `update pv.election set election_id = $2 where election_id = $1`, [
      id,
      `${id.slice(0, 20)}-elsewhere`,
    ]);
    expect(await checkOf(id, 'intake')).toMatchObject({
      state: 'failed',
      observed: 'The ballot server answers but does not have this election.',
    });
  });

  test('Unavailable dependencies are reported, each by itself', async () => {
    const id = await announced(elections, real({ channels: ['online', 'batches'], identity: { scheme: 'roll' } }));
    const back = await elections.stopBallots();
    try {
      const { checks } = await read(id);
      const failed = checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
      expect(failed).toEqual(expect.arrayContaining(['intake', 'sealing', 'roll']));
      expect(checks.find(({ name }) => name === 'publication')?.state).not.toBe('failed');
    } finally {
      await back();
    }
    await Promise.all([servers.edge.stop(), servers.control.stop()]);
    const { edgeRedis, controlRedis } = elections.outside;
    await until(() => [edgeRedis, controlRedis].every((one) => one.status !== 'ready'));
    const { checks } = await read(id);
    const failed = checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
    expect(failed).toEqual(expect.arrayContaining(['publication', 'text-in', 'code', 'batches']));
    expect(checks.find(({ name }) => name === 'intake')).toMatchObject({ state: 'ok' });
    await Promise.all([servers.edge.again(), servers.control.again()]);
  });
});
