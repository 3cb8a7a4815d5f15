// GET /v1/system over real services, as `popvote serve` starts them: every expected service reports or is silent, whatever
// is down, and no password of a dependency is in a report.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisServers } from '../../../src/local/redis-settings.ts';
import { reporting } from '../../../src/cli/reporting.ts';
import { loadService } from '../../../src/cli/services.ts';
import type { Launchable } from '../../../src/cli/services.ts';
import { createSystem } from '../../../src/services/elections/monitoring/system.ts';
import { redisReports } from '../../../src/platform/health/health-reports.ts';
import type { Running } from '../../../src/platform/process.ts';
import { reportingServices, systemAnswer } from '../../../src/protocol/control/system-api.ts';
import type { SystemAnswer } from '../../../src/protocol/control/system-api.ts';
import { openPool } from '../../../src/store/database.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import type { OwnRedis } from '../../support/processes/own-redis.ts';
import { until } from '../../support/until.ts';
import { startElections } from '../../support/services/elections.ts';
import type { Elections } from '../../support/services/elections.ts';

const planted = 'planted-secret-of-this-test';
const folder = mkdtempSync(join(tmpdir(), 'popvote-system-'));
let servers: { edge: OwnRedis; control: OwnRedis };
let elections: Elections;
const running: Running[] = [];

beforeAll(async () => {
  servers = { edge: await startOwnRedis(), control: await startOwnRedis(redisServers.control) };
  const control = servers.control.url('elections');
  const edge = servers.edge.url('elections');
  elections = await startElections({ redisUrls: { control, edge } });
});
afterAll(async () => {
  await Promise.all(running.splice(0).map((service) => service.close()));
  await elections[Symbol.asyncDispose]();
  await Promise.all(Object.values(servers).map((server) => server[Symbol.asyncDispose]()));
  rmSync(folder, { recursive: true, force: true });
});

const systemNow = async (): Promise<SystemAnswer> =>
  systemAnswer.parse((await elections.call('GET', '/v1/system')).body);
const namesOf = (answer: SystemAnswer) => ({
  services: answer.services.map(({ service }) => service),
  silent: answer.silent.map(({ service }) => service),
});
async function serve(service: Launchable, environment: Record<string, string>): Promise<Running> {
  const { keys } = elections.access;
  const PUBLIC_KEYS = JSON.stringify(keys.public);
  const start = reporting(service, await loadService(service));
  const started = await start({ PUBLIC_KEYS, LOG_LEVEL: 'silent', ...environment });
  running.push(started);
  return started;
}
function serveThree(): Promise<readonly Running[]> {
  const { databases, access } = elections;
  return Promise.all([
    serve('sms', {
      SMS_KEYS: JSON.stringify(access.keys.sms),
      EDGE_REDIS_URL: servers.edge.url('sms'),
      POPVOTE_MODE: 'rehearsal',
      SMS_PORT: '0',
      SMS_PRIVATE_PORT: '0',
      SMS_PROVIDERS: JSON.stringify([{ kind: 'simulator', number: '+85255550123' }]),
    }),
    serve('worker', {
      CONTROL_REDIS_URL: servers.control.url('worker'),
      WORKER_PORT: '0',
      // Its role has another password. The report must not contain the rejected one.
      WORKER_BOX_DATABASE_URL: databases.url('box', 'popvote_worker').replace(':popvote_worker@', `:${planted}@`),
    }),
    serve('mixer', {
      MIXER_KEYS: JSON.stringify(access.keys.mixer),
      PUBLIC_KEYS: JSON.stringify(access.keys.public),
      MIXER_PORT: '0',
      MIXER_INTAKE_DATABASE_URL: databases.url('intake', 'popvote_mixer'),
      MIXER_BOX_DATABASE_URL: databases.url('box', 'popvote_mixer'),
      MIXER_EPOCH_KEYS_DIRECTORY: join(folder, 'epochs'),
    }),
  ]);
}
async function everythingIn(url: string): Promise<string> {
  const redis = new Redis(url);
  const keys = (await redis.keys('health:*')).sort();
  const entries = await Promise.all(keys.map((key) => redis.hgetall(key)));
  redis.disconnect();
  return JSON.stringify([keys, entries]);
}

test('While nothing runs all services are silent, each with advice', async () => {
  const answer = await systemNow();
  expect(answer.services).toEqual([]);
  expect(answer.silent.map(({ service, since }) => ({ service, since }))).toEqual(
    reportingServices.map((service) => ({ service, since: null })),
  );
  for (const { service, next } of answer.silent) expect(next).toMatch(service === 'ballots' ? /Start it/ : /^Start /);
});

test('Administrators and auditors see the system, and no one else', async () => {
  expect((await elections.call('GET', '/v1/system', { as: 'auditor' })).status).toBe(200);
  expect((await elections.call('GET', '/v1/system', { as: 'official' })).status).toBe(403);
  expect((await elections.call('GET', '/v1/system', { as: null })).status).toBe(401);
});

test('Running services report their findings without secrets, and an ended one is missed', async () => {
  const [, worker] = await serveThree();
  const reporters = ['sms', 'mixer', 'worker'];
  await until(async () => namesOf(await systemNow()).services.join() === reporters.join(), 'three reports');
  const answer = await systemNow();
  expect(namesOf(answer).silent).toEqual(reportingServices.filter((service) => !reporters.includes(service)));
  const findingOf = (service: string, check: string) =>
    answer.services.find((each) => each.service === service)?.findings.find((each) => each.check === check);
  expect(findingOf('sms', 'EDGE_REDIS_URL user')).toMatchObject({ state: 'ok', observed: 'may do its work only' });
  expect(findingOf('mixer', 'MIXER_BOX_DATABASE_URL role')).toMatchObject({ state: 'ok', observed: 'popvote_mixer' });
  expect(findingOf('mixer', 'node version')).toMatchObject({ observed: process.versions.node });
  const refused = findingOf('worker', 'WORKER_BOX_DATABASE_URL');
  expect(refused).toMatchObject({ state: 'failed', observed: 'no connection (28P01)' });
  expect(refused?.next).toContain('popvote migrate --passwords');

  const reports = await elections.databases.query<{ report: string }>('box', 'select report from pv.mixer_report');
  const states = [
    JSON.stringify(answer),
    JSON.stringify(reports),
    await everythingIn(servers.edge.url('admin')),
    await everythingIn(servers.control.url('admin')),
  ].join('\n');
  expect(states).toContain('health:sms');
  expect(states).toContain('health:worker');
  for (const secret of [planted, 'sms-password', 'worker-password', 'redis://', 'postgres://', '"d":']) {
    expect(states).not.toContain(secret);
  }

  running.splice(running.indexOf(worker!), 1);
  await worker!.close();
  const missed = (await systemNow()).silent.find(({ service }) => service === 'worker');
  expect(missed).toEqual({ service: 'worker', since: null, next: expect.stringMatching(/^Start worker/) as string });
});

test('A process that fell silent is missed since its last report', async () => {
  const reportedAt = new Date(Date.now() - 600_000).toISOString();
  const redis = new Redis(servers.control.url('officials'));
  const report = { instance: 'officials-1', version: '1', reportedAt, findings: [] };
  await redisReports(redis, 'officials', Date.now).keep(report);
  redis.disconnect();
  const silent = (await systemNow()).silent.find(({ service }) => service === 'officials');
  expect(silent).toMatchObject({ since: reportedAt });
});

test('With Redis, ballots and the box unavailable an answer comes, and says what cannot be read', async () => {
  const back = await elections.stopBallots();
  await servers.edge.stop();
  const names = namesOf(await systemNow());
  expect(names).toEqual({ services: ['mixer'], silent: reportingServices.filter((service) => service !== 'mixer') });
  const next = Object.fromEntries((await systemNow()).silent.map((each) => [each.service, each.next]));
  expect(next['sms']).toContain('EDGE_REDIS_URL');
  expect(next['ballots']).toContain('BALLOTS_ORIGIN');
  expect(next['worker']).toMatch(/^Start worker/);
  await servers.edge.again();
  await back();
  // No server listens there.
  const boxPool = openPool('postgres://popvote_elections@127.0.0.1:1/box', { name: 'test', connectionsMax: 1 });
  const alone = createSystem({ ...elections.outside, boxPool });
  const mixer = (await alone.show()).silent.find(({ service }) => service === 'mixer');
  expect(mixer?.next).toContain('ELECTIONS_BOX_DATABASE_URL');
  await boxPool.end();
});
