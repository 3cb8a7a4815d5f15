// `popvote doctor` on what goes wrong in the control zone: keys that do not belong together, a Redis that is too open or
// forgets, and a worker, which has no keys at all.
import { rmSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { checkService } from '../../src/cli/checks.ts';
import { productionFindings } from '../../src/cli/production-checks.ts';
import { redisFindings } from '../../src/cli/redis-check.ts';
import { launchable, loadEnvironmentSchema } from '../../src/cli/services.ts';
import { findRedis } from '../../src/local/redis.ts';
import { redisServers } from '../../src/local/redis-settings.ts';
import { createHttp } from '../../src/platform/http/http.ts';
import { keyFilePath, makeKeyDirectory, readKeyFile } from '../../src/platform/keys/key-directory.ts';
import { createMetrics } from '../../src/platform/metrics.ts';
import { connectRedis, redisReady } from '../../src/platform/redis.ts';
import { certificate } from '../support/certificate.ts';
import { command } from '../support/processes/command.ts';
import { startOwnRedis } from '../support/processes/own-redis.ts';
import { createDatabases } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';
import { createLogProbe } from '../support/log.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-doctor-'));
const ours = join(root, 'ours');
const theirs = join(root, 'theirs');
let databases: TestDatabases;
beforeAll(async () => {
  for (const directory of [ours, theirs]) makeKeyDirectory(directory);
  databases = await createDatabases(['access', 'box']);
});
afterAll(async () => {
  await databases[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

const byCheck = (findings: Awaited<ReturnType<typeof checkService>>) =>
  Object.fromEntries(findings.map((finding) => [finding.check, finding]));

test('Reports a public file that lacks the key a service signs with', async () => {
  const keysOf = async (publicFolder: string) => {
    const findings = await checkService('elections', {
      ELECTIONS_KEYS_FILE: keyFilePath(ours, 'elections'),
      PUBLIC_KEYS_FILE: keyFilePath(publicFolder, 'public'),
    });
    return byCheck(findings)['ELECTIONS_KEYS in PUBLIC_KEYS'];
  };
  expect(await keysOf(ours)).toMatchObject({ state: 'ok', observed: 'caller, publisher' });
  expect(await keysOf(theirs)).toMatchObject({ state: 'failed', observed: 'not there: caller, publisher' });
});

test('Reports a key file from before the ring of codes, with what to do', async () => {
  const { codes: _codes, ...older } = readKeyFile(ours, 'sms');
  const findings = await checkService('sms', { SMS_KEYS: JSON.stringify(older) });
  expect(JSON.stringify(findings)).toContain('codes: is missing. Add it with: popvote keys new --if-missing');
});

test('Reports a Redis user without restrictions, and a control Redis that would lose accepted data', async () => {
  const at = async (user: string) => {
    const environment = { CONTROL_REDIS_URL: inject('controlRedisUrls')[user] ?? '' };
    return byCheck(await checkService('access', environment));
  };
  const fine = await at('access');
  expect(fine['CONTROL_REDIS_URL']).toMatchObject({ state: 'ok' });
  expect(fine['CONTROL_REDIS_URL user']).toMatchObject({ state: 'ok' });
  expect((await at('admin'))['CONTROL_REDIS_URL user']).toMatchObject({ state: 'warning' });
  expect(fine['CONTROL_REDIS_URL append-only file']).toMatchObject({ state: 'ok', observed: 'on' });
  expect(fine['CONTROL_REDIS_URL default user']).toMatchObject({ state: 'ok' });
});

test('Reports a control Redis that would lose accepted data at a restart', async () => {
  const { users } = redisServers.control;
  await using forgetful = await startOwnRedis({ users, settings: redisServers.edge.settings });
  const findings = async () => byCheck(await checkService('worker', { CONTROL_REDIS_URL: forgetful.url('worker') }));
  const off = (await findings())['CONTROL_REDIS_URL append-only file'];
  expect(off).toMatchObject({ state: 'failed', observed: 'off' });
  expect(off?.next).toContain('appendonly yes');
  const admin = connectRedis(forgetful.url('admin'), createLogProbe('test').logger);
  await redisReady(admin, 5_000);
  for (const rules of [['-@all'], ['+@all', 'resetkeys']]) {
    await admin.call('ACL', 'SETUSER', 'default', ...rules);
    const finding = (await findings())['CONTROL_REDIS_URL default user'];
    expect({ rules, finding }).toMatchObject({ rules, finding: { state: 'failed', observed: 'has no rights' } });
    expect(finding?.next).toContain('user default off ~* &* +@all');
  }
  admin.disconnect();
});

test('Tests the installed Redis by writing, restarting and reading', async () => {
  const path = process.env['PATH'] ?? '';
  expect(await redisFindings({ PATH: path })).toMatchObject([{ service: 'redis', state: 'ok' }]);
  expect(await redisFindings({ PATH: root })).toMatchObject([{ state: 'warning', observed: 'not installed' }]);
  expect(await redisFindings({ PATH: path, CONTROL_REDIS_URL: 'redis://example.org' })).toEqual([]);
  // A server that loses its file at each restart.
  const real = findRedis(path) ?? '';
  const script = `#!/bin/sh\nrm -rf "$(dirname "$1")/appendonlydir"\nexec ${real} "$@"\n`;
  writeFileSync(join(root, 'redis-server'), script, { mode: 0o755 });
  const [lossy] = await redisFindings({ PATH: `${root}:/usr/bin:/bin` });
  expect(lossy).toMatchObject({ state: 'failed' });
  expect(lossy?.observed).toContain('transaction-1, transaction-2, script-1, script-2, single');
});

test('Knows the role that each service of the control zone logs in with', async () => {
  const roleAt = async (url: string) =>
    byCheck(await checkService('access', { ACCESS_DATABASE_URL: url }))['ACCESS_DATABASE_URL role'];
  expect(await roleAt(databases.url('access', 'popvote_access'))).toMatchObject({ state: 'ok' });
  expect(await roleAt(databases.url('access'))).toMatchObject({ state: 'failed', observed: 'superuser' });
  const another = await roleAt(databases.url('access', 'popvote_elections'));
  expect(another).toMatchObject({ state: 'failed', observed: 'popvote_elections' });
  expect(another?.next).toContain('popvote_access');
});

test('Reads a secret from a file or from its value alike', async () => {
  const { code, out } = await command(['doctor', 'access', '--json'], { CONTROL_REDIS_URL_FILE: '/nowhere' });
  expect(code).toBe(1);
  expect(out).toContain('CONTROL_REDIS_URL_FILE');
});

test('Quotes no secret, whatever is wrong with it', async () => {
  const planted = 'planted-secret-of-this-test';
  const file = join(root, 'planted.json');
  writeFileSync(file, `{"d": "${planted}"`, { mode: 0o644 });
  const wellFormed = (name: string): string => {
    if (name.endsWith('DATABASE_URL'))
      return databases.url('box', 'popvote_worker').replace(/:[^:@]*@/, `:${planted}@`);
    if (name.endsWith('REDIS_URL'))
      return `redis://access:${planted}@127.0.0.1:${new URL(inject('controlRedisUrls')['access'] ?? '').port}`;
    if (name.endsWith('_ORIGIN')) return `http://name:${planted}@127.0.0.1:1`;
    return planted;
  };
  const ways: ((name: string) => [string, string])[] = [
    (name) => [name, `${planted}:not-what-it-should-be`],
    (name) => [name, wellFormed(name)],
    (name) => [`${name}_FILE`, file],
  ];
  // All at once: each waits for a Redis that does not take its password.
  const reports = launchable.flatMap((service) =>
    ways.map(async (way) => {
      const names = Object.keys((await loadEnvironmentSchema(service)).shape);
      const environment = Object.fromEntries(names.map(way));
      const findings = await checkService(service, environment);
      expect(findings.filter(({ state }) => state === 'failed').length, service).toBeGreaterThan(0);
      return JSON.stringify([findings, await productionFindings(service, environment)]);
    }),
  );
  expect((await Promise.all(reports)).join('\n')).not.toContain(planted);
});

test('Calls other services as the service itself does, with its mutual TLS certificate', async () => {
  const server = certificate();
  const caller = certificate();
  const stranger = certificate();
  const { app } = await createHttp({
    logger: createLogProbe('sms').logger,
    metrics: createMetrics('sms'),
    checks: [],
    shedAtLoopDelayMs: 0,
    version: { version: '1', node: '20' },
    tls: { ...server, clientCa: caller.cert },
  });
  const SMS_ORIGIN = await app.listen({ host: '127.0.0.1', port: 0 });
  const probe = async (own: { cert: string; key: string }) => {
    const tls = { CALLS_TLS_CA: server.cert, CALLS_TLS_CERT: own.cert, CALLS_TLS_KEY: own.key };
    return byCheck(await checkService('api', { SMS_ORIGIN, ...tls }))['SMS_ORIGIN'];
  };
  expect(await probe(caller)).toMatchObject({ state: 'ok', observed: 'ready' });
  expect(await probe(stranger)).toMatchObject({ state: 'failed', observed: 'no answer' });
  await app.close();
});
