// What operators watch on the day of an election, as Prometheus reads it from the private port of each service.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchable } from '../../src/cli/services.ts';
import { healthySeries, keyOfSeries } from '../support/deploy/alert-faults.ts';
import { ballot, definition } from '../support/elections.ts';
import { startPlatform } from '../support/processes/processes.ts';
import type { Control, Platform } from '../support/processes/processes.ts';
import type { Service } from '../support/processes/service-process.ts';
import { until } from '../support/until.ts';
import { Voter } from '../support/voter/voter.ts';

let platform: Platform & { control: Control };
beforeAll(async () => {
  platform = await startPlatform({ control: true });
  await platform.load(definition());
}, 180_000);
afterAll(() => platform[Symbol.asyncDispose]());

const metricsOf = async (service: Service): Promise<string> =>
  (await fetch(`${platform.privateOrigins[service] ?? ''}/metrics`)).text();

/** The value of a metric with these labels. */
async function valueOf(service: Service, name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const text = await metricsOf(service);
  for (const [, names = '', value] of text.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (\\S+)$`, 'gm'))) {
    if (Object.entries(labels).every(([label, expected]) => `,${names}`.includes(`,${label}="${expected}"`)))
      return value === '+Inf' ? Infinity : Number(value);
  }
  return NaN;
}

const pools: Partial<Record<Service, readonly string[]>> = {
  ballots: ['casts', 'reads', 'administration'],
  mixer: ['intake', 'box', 'intake-counts', 'box-counts'],
  access: ['access'],
  elections: ['elections', 'box'],
  worker: ['box'],
  log: ['box'],
};
const connections: Partial<Record<Service, readonly string[]>> = {
  api: ['edge', 'subscriber'],
  sms: ['edge'],
  access: ['control'],
  elections: ['control', 'edge'],
  officials: ['control', 'subscriber'],
  worker: ['control', 'check', 'register'],
};
/** The folders whose disk a service watches. */
const folders: Partial<Record<Service, readonly string[]>> = {
  ballots: ['election-keys'],
  mixer: ['epoch-keys'],
  officials: ['spool'],
  log: ['public-logs'],
  herald: ['published-logs'],
};

/** The platform of the test has no certificates, and Prometheus itself says whether a target is up. */
const ofPrometheusOrTls = /^(up|popvote_certificate_end_seconds)\{/;

describe.each(launchable)('The metrics of %s', (service) => {
  test('They say whether it is ready, draining and which program it is', async () => {
    await expect.poll(() => valueOf(service, 'popvote_ready', { check: 'readyz' })).toBe(1);
    expect(await valueOf(service, 'popvote_draining')).toBe(0);
    expect(await valueOf(service, 'popvote_build_info', { node: process.versions.node })).toBe(1);
    const text = await metricsOf(service);
    expect(text).toContain(`popvote_service="${service}"`);
    // A label of Prometheus' own discovery.
    expect(text).not.toMatch(/[{,]service="/);
  });

  test('They show its connections to databases and Redis', async () => {
    for (const pool of pools[service] ?? []) {
      for (const state of ['used', 'idle', 'waiting'])
        expect([pool, state, await valueOf(service, 'popvote_pool_connections', { pool, state })]).toEqual([
          pool,
          state,
          expect.any(Number),
        ]);
      expect([pool, await valueOf(service, 'popvote_pool_wait_seconds_count', { pool, outcome: 'failed' })]).toEqual([
        pool,
        0,
      ]);
    }
    for (const connection of connections[service] ?? []) {
      const value = await valueOf(service, 'popvote_redis_connected', { connection });
      expect([connection, value]).toEqual([connection, 1]);
      expect(await valueOf(service, 'popvote_redis_errors_total', { connection })).toBe(0);
      for (const outcome of ['answered', 'refused', 'no-answer']) {
        const commands = await valueOf(service, 'popvote_redis_command_seconds_count', { connection, outcome });
        expect([connection, outcome, commands]).toEqual([connection, outcome, expect.any(Number)]);
        expect(commands).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test('They show how much of the disks of its folders is free', async () => {
    for (const folder of folders[service] ?? []) {
      const part = await valueOf(service, 'popvote_disk_free_part', { folder });
      expect([folder, part > 0 && part <= 1]).toEqual([folder, true]);
    }
  });
});

test(
  'They have every series in which the alerts of deploy/monitoring look for faults',
  { timeout: 120_000 },
  async () => {
    const missing = async (): Promise<string[]> => {
      const texts = new Map(
        await Promise.all(launchable.map(async (service) => [service, await metricsOf(service)] as const)),
      );
      const lacks = healthySeries.filter(({ name, labels: { job, instance: _, ...labels } }) => {
        const lines = texts.get(job as Service)?.match(new RegExp(`^${name}\\{.*(?=\\} )`, 'gm')) ?? [];
        const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
        return !lines.some((line) => pairs.every((pair) => `${line},`.replace('{', ',').includes(`,${pair},`)));
      });
      return lacks.map(keyOfSeries).filter((key) => !ofPrometheusOrTls.test(key));
    };
    // The first scrape asks the databases and the services, and the next one a minute later: by then each has reported.
    await expect.poll(missing, { timeout: 90_000 }).toEqual([]);
  },
);

test('The metrics of a vote show calls between services, the sealing key and the time to the closing', async () => {
  const voter = await new Voter(platform.origins, 'rehearsal').verify();
  expect((await voter.cast(ballot())).status).toBe(201);
  expect(await valueOf('ballots', 'popvote_casts_total', { outcome: 'recorded' })).toBeGreaterThan(0);
  const calls = await metricsOf('api');
  expect(calls).toMatch(
    /popvote_private_call_seconds_count\{(?=[^}]*callee="ballots")[^}]*outcome="answered"[^}]*\} [1-9]/,
  );
  const age = await valueOf('ballots', 'popvote_sealing_key_age_seconds');
  expect(age).toBeGreaterThanOrEqual(0);
  expect(age).toBeLessThan(3_600);
  expect(await valueOf('api', 'popvote_elections_open')).toBe(1);
  const seconds = await valueOf('api', 'popvote_seconds_to_next_closing');
  expect(seconds).toBeGreaterThan(23 * 3_600);
  expect(seconds).toBeLessThanOrEqual(24 * 3_600);
  expect(await valueOf('api', 'popvote_seconds_to_next_opening')).toBe(Infinity);
  expect(await valueOf('api', 'popvote_publications_age_seconds')).toBeLessThan(30);
});

test('Calls to a service that is down are counted, and the caller shows the failed check', async () => {
  platform.hops.toBallots.silent(true);
  const voter = await new Voter(platform.origins, 'rehearsal').verify();
  await voter.castOnce(ballot());
  expect(await metricsOf('api')).toMatch(
    /popvote_private_call_seconds_count\{(?=[^}]*callee="ballots")[^}]*outcome="(no-answer|not-sent)"[^}]*\} [1-9]/,
  );
  // The alert CastsAreNotRecorded reads these labels.
  const codes = await Promise.all(
    ['busy', 'outcome-unknown'].map((code) =>
      valueOf('api', 'popvote_http_rejections_total', { code, route: '/v1/ballots' }),
    ),
  );
  expect(codes.some((count) => count > 0)).toBe(true);
  expect(await valueOf('api', 'popvote_ready', { check: 'ballots' })).toBe(0);
  await expect.poll(() => valueOf('api', 'popvote_ready', { check: 'readyz' })).toBe(1);
  platform.hops.toBallots.silent(false);
  await until(async () => (await valueOf('api', 'popvote_ready', { check: 'ballots' })) === 1);
});
