// The self-examination of a process and its report in a real Redis: never twice at once, never fatal, and read in bounds.
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createReport, rememberedReport, startReporting } from '../../src/platform/health/examination.ts';
import type { Examine, ReportKeeper } from '../../src/platform/health/examination.ts';
import { isFresh, readReports, redisReports } from '../../src/platform/health/health-reports.ts';
import { connectRedis, redisReady } from '../../src/platform/redis.ts';
import { findingCharactersMax, findingsMax, healthKey } from '../../src/protocol/control/system-api.ts';
import type { Finding, HealthReport } from '../../src/protocol/control/system-api.ts';
import { startOwnRedis } from '../support/processes/own-redis.ts';
import type { OwnRedis } from '../support/processes/own-redis.ts';
import { createLogProbe } from '../support/log.ts';
import { until } from '../support/until.ts';

const fine: Finding = { service: 'sms', check: 'configuration', state: 'ok', observed: 'complete' };
const failure: Finding = { ...fine, state: 'failed', observed: 'gone', next: 'Bring it back.' };
const quick = { pauseMs: 5, failedPauseMs: 5 };
const reportOf = (examine: Examine, bounds = {}) =>
  createReport({ examine, version: '1.2.3', clock: Date.now, bounds: { ...quick, ...bounds } });

let server: OwnRedis;
let sms: Redis | undefined;
let elections: Redis | undefined;
let admin: Redis | undefined;
beforeAll(async () => {
  server = await startOwnRedis();
  const { logger } = createLogProbe('test');
  [sms, elections, admin] = ['sms', 'elections', 'admin'].map((user) => connectRedis(server.url(user), logger));
});
// A test stops the server, and connections return one after another.
beforeEach(async () => {
  for (const redis of [sms!, elections!, admin!]) expect(await redisReady(redis, 5_000)).toBe(true);
});
afterAll(async () => {
  for (const redis of [sms, elections, admin]) redis?.disconnect();
  await server[Symbol.asyncDispose]();
});
const read = (): Promise<readonly HealthReport[]> => readReports(elections!, 'sms');

test('A process says how it is for as long as it runs, and takes it back when it ends', async () => {
  let findings = [fine];
  const { logger, text } = createLogProbe('sms');
  const keeper = redisReports(sms!, 'sms', Date.now);
  const reporting = startReporting({
    report: reportOf(() => Promise.resolve(findings)),
    keeper,
    logger,
    bounds: quick,
  });
  await until(async () => (await read())[0]?.findings[0]?.state === 'ok', 'the first report');
  const [first] = await read();
  expect(first).toMatchObject({ version: '1.2.3', findings: [{ check: 'configuration', observed: 'complete' }] });
  expect(first?.instance).toMatch(new RegExp(`-${process.pid}$`));
  expect(isFresh(first!, Date.now())).toBe(true);
  findings = [failure];
  await until(async () => (await read())[0]?.findings[0]?.next === 'Bring it back.', 'the next report');
  // It expires by itself, should the process end without a report.
  expect(await admin!.ttl(healthKey('sms'))).toBeGreaterThan(3_600);
  // Redis being down is no failure of the service, and is reported once.
  await server.stop();
  await until(() => text().includes('report.not-kept'), 'the report in the log');
  await pause(50);
  expect(text().split('report.not-kept')).toHaveLength(2);
  await server.again();
  await until(async () => (await read().catch(() => [])).length === 1, 'that it is kept again');
  await reporting.stop();
  expect(await read()).toEqual([]);
});

test('Examinations never overlap, and one that fails or hangs is a finding', async () => {
  const running = { now: 0, most: 0, all: 0 };
  const slow: Examine = async () => {
    running.now += 1;
    running.all += 1;
    running.most = Math.max(running.most, running.now);
    await pause(20);
    running.now -= 1;
    return [fine];
  };
  const report = reportOf(slow);
  await Promise.all([report(), report(), report()]);
  expect(running).toEqual({ now: 0, most: 1, all: 1 });
  const remembered = rememberedReport(report, { pauseMs: 60_000 });
  const answers = await Promise.all([remembered(), remembered()]);
  expect(await remembered()).toBe(answers[0]);
  expect(running.all).toBe(2);

  const failing = await reportOf(() => Promise.reject(new Error('planted-secret')))();
  expect(failing.findings).toMatchObject([{ check: 'examination', state: 'failed', observed: 'broke off' }]);
  expect(JSON.stringify(failing)).not.toContain('planted-secret');
  let hanging = 0;
  const hung = reportOf(() => ((hanging += 1), new Promise(() => undefined)), { examinationMsMax: 10 });
  expect((await hung()).findings).toMatchObject([{ state: 'failed', observed: 'does not end' }]);
  await hung();
  expect(hanging).toBe(1);
});

test('Stopping waits for no examination', async () => {
  const never: Examine = () => new Promise(() => undefined);
  const keeper: ReportKeeper = { keep: () => Promise.reject(new Error()), forget: () => Promise.reject(new Error()) };
  const { logger } = createLogProbe('sms');
  await startReporting({ report: reportOf(never), keeper, logger }).stop();
});

test('A report is cut to its limits, and anything else in its place is left out', async () => {
  const many = Array.from({ length: 2 * findingsMax }, () => ({
    ...failure,
    observed: 'x'.repeat(10_000),
    next: 'x'.repeat(10_000),
  }));
  const report = await reportOf(() => Promise.resolve(many))();
  expect(report.findings).toHaveLength(findingsMax);
  expect(report.findings[0]?.observed).toHaveLength(findingCharactersMax);

  const keeper = redisReports(sms!, 'sms', Date.now);
  await keeper.keep(report);
  expect(await read()).toEqual([report]);
  await keeper.forget(report.instance);
  const old = { ...report, findings: [], instance: 'old-1', reportedAt: new Date(Date.now() - 600_000).toISOString() };
  await keeper.keep(old);
  expect(await read()).toMatchObject([{ instance: 'old-1' }]);
  const key = healthKey('sms');
  const strange = { ...report, findings: [{ ...failure, state: 'worse' }] };
  await sms!.hset(key, {
    'not-json': '{',
    number: '7',
    strange: JSON.stringify(strange),
  });
  expect(await read()).toMatchObject([{ instance: 'old-1' }]);
  // A value that is too large never leaves the server, even a report.
  await sms!.hset(key, 'large', JSON.stringify(report) + ' '.repeat(300_000));
  expect(await read()).toMatchObject([{ instance: 'old-1' }]);
  await sms!.hdel(key, 'large');
  // The next report removes values that are old or no report.
  await keeper.keep({ ...report, findings: [] });
  expect(await admin!.hkeys(key)).toEqual([report.instance]);
  await keeper.forget(report.instance);
});

test('No more than a limited number of reports is read', async () => {
  const report = await reportOf(() => Promise.resolve([fine]))();
  const fields = Array.from({ length: 1_000 }, (_, n) => [`i-${n}`, JSON.stringify({ ...report, instance: `i-${n}` })]);
  await sms!.hset(healthKey('sms'), Object.fromEntries(fields) as Record<string, string>);
  expect(await read()).toHaveLength(100);
  await admin!.del(healthKey('sms'));
});
