// Every variable of every service with values of every shape: the outcome is an environment that is accepted, or exit code
// 78 with the name of the variable, all faults at once, no stack trace and no value quoted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newKeyFiles } from '../../src/platform/keys/new-keys.ts';
import { reportStartFailure } from '../../src/platform/process.ts';
import { checkEnvironments, launchable, loadEnvironmentSchema, loadService } from '../../src/cli/services.ts';
import type { Launchable } from '../../src/cli/services.ts';
import { commandEnvironment } from '../../src/cli/command-environment.ts';
import { readEnvironment } from '../../src/platform/environment.ts';
import { readStartSettings } from '../../src/local/settings.ts';
import { certificate } from '../support/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-values-'));
const file = join(folder, 'file');
const large = join(folder, 'large');
beforeAll(() => {
  writeFileSync(file, 'x');
  writeFileSync(large, 'x'.repeat(2_000_000));
});
afterAll(() => rmSync(folder, { recursive: true }));

const keys = newKeyFiles();
const good = (service: Launchable): Record<string, string> => ({
  [`${service.toUpperCase()}_KEYS`]: JSON.stringify((keys as Record<string, unknown>)[service] ?? {}),
  PUBLIC_KEYS: JSON.stringify(keys.public),
  // Nothing listens there: a service connects when it needs to.
  EDGE_REDIS_URL: 'redis://x:y@127.0.0.1:1',
  CONTROL_REDIS_URL: 'redis://x:y@127.0.0.1:1',
  ...Object.fromEntries(
    ['INTAKE', 'MIXER_INTAKE', 'MIXER_BOX', 'ACCESS', 'ELECTIONS', 'ELECTIONS_BOX', 'WORKER_BOX', 'LOG_BOX'].map(
      (name) => [`${name}_DATABASE_URL`, 'postgres://x:y@127.0.0.1:1/z'],
    ),
  ),
  BALLOTS_ELECTION_KEYS_DIRECTORY: folder,
  MIXER_EPOCH_KEYS_DIRECTORY: folder,
  LOG_DIRECTORY: folder,
  HERALD_SOURCE_DIRECTORY: folder,
  HERALD_DIRECTORY: folder,
  SMS_PROVIDERS: '[{"kind":"simulator","number":"+85255550123"}]',
  POPVOTE_MODE: 'rehearsal',
  LOG_LEVEL: 'silent',
});

const mark = 'hunter2';
const hostile: readonly string[] = [
  mark,
  '80 ',
  '1e3',
  '-1',
  '0x50',
  '99999999999999999999',
  'NaN',
  'Infinity',
  '٣',
  'true',
  'null',
  '{}',
  '[]',
  '{',
  '"',
  '\0',
  '\ud800',
  '%zz',
  '1.2.3.4/99',
  '::1/200',
  '0.0.0.0/0',
  '[::1',
  `http://${mark}/path`,
  `http://${mark}:99999`,
  'http://',
  `redis://[::1`,
  `redis://${mark}:%zz@h`,
  `postgres://${mark}:%zz@h/d`,
  'postgres://h/d?sslcert=/none',
  'postgres://h:x/d',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
  '/dev/null',
  '/proc/x/y',
  'a'.repeat(100_000),
];
const files = [
  () => folder,
  () => file,
  () => large,
  () => '/dev/zero',
  () => '/dev/null',
  () => '/none/such',
  () => 'a\0b',
] as const;

/** What an operator sees, and the exit code: 0 if the environment is accepted. */
async function outcomeOf(service: Launchable, environment: Record<string, string>) {
  const lines: string[] = [];
  try {
    await checkEnvironments([service], environment);
    return { code: 0, text: '' };
  } catch (error) {
    const code = reportStartFailure(error, (text) => lines.push(text));
    return { code, text: lines.join('\n') };
  }
}
function expectSaid({ code, text }: { code: number; text: string }, name: string): void {
  expect([name, code === 0 || code === 78, text]).toEqual([name, true, text]);
  if (code === 0) return;
  expect(text).toContain(name);
  expect(text).not.toMatch(/\n\s+at |hunter2|node:/);
  expect(text.length).toBeLessThan(5_000);
}

describe.each(launchable)('The configuration of %s', (service) => {
  test('Every variable takes a value of any shape, or refuses it by name', async () => {
    const { shape } = await loadEnvironmentSchema(service);
    for (const name of Object.keys(shape)) {
      for (const value of hostile) expectSaid(await outcomeOf(service, { ...good(service), [name]: value }), name);
    }
  });

  test('Every variable takes the path of any file, or refuses it by name', async () => {
    const { shape } = await loadEnvironmentSchema(service);
    for (const name of Object.keys(shape)) {
      const { [name]: _without, ...rest } = good(service);
      for (const path of files) expectSaid(await outcomeOf(service, { ...rest, [`${name}_FILE`]: path() }), name);
    }
  });

  test('All that is wrong is said at once', async () => {
    const { shape } = await loadEnvironmentSchema(service);
    const names = Object.keys(shape);
    const { code, text } = await outcomeOf(service, Object.fromEntries(names.map((name) => [name, '\0{'])));
    expect(code).toBe(78);
    for (const name of names) expect(text).toMatch(new RegExp(String.raw`^ \d+\. ${name}[:.]`, 'm'));
  });
});

describe('What a service makes of values that were accepted', () => {
  const values: readonly (readonly [Launchable, string, string])[] = [
    ...launchable.map((service) => [service, `${service.toUpperCase()}_HOST`, '203.0.113.77'] as const),
    ['api', 'API_HOST', 'no-such-host.invalid'],
    ['api', 'API_TRUSTED_PROXIES', 'loopback,10.0.0.0/8,::1/128'],
    ['panel', 'PANEL_TRUSTED_PROXIES', '1.2.3.4/99'],
  ];
  test.each(values)('The service %s starts or is refused with %s', async (service, name, value) => {
    const ports = Object.keys((await loadEnvironmentSchema(service)).shape).filter((key) => key.endsWith('_PORT'));
    const environment = { ...good(service), ...Object.fromEntries(ports.map((key) => [key, '0'])), [name]: value };
    const start = await loadService(service);
    try {
      const running = await start(environment);
      await running.close();
    } catch (error) {
      const lines: string[] = [];
      expect(reportStartFailure(error, (text) => lines.push(text), environment)).toBe(78);
      expect(lines.join()).toContain(name);
      expect(lines.join()).not.toMatch(/\n\s+at /);
    }
  });

  test('A key of another certificate is refused by name', async () => {
    const one = certificate();
    const other = certificate();
    for (const service of ['api', 'access', 'ballots', 'elections', 'officials', 'panel', 'sms'] as const) {
      const prefix = service.toUpperCase();
      const pair = { [`${prefix}_TLS_KEY`]: one.key, [`${prefix}_TLS_CERT`]: other.cert };
      const { code, text } = await outcomeOf(service, { ...good(service), ...pair });
      expect([code, text]).toEqual([78, expect.stringContaining(`${prefix}_TLS_KEY: is not the key of`)]);
    }
  });
});

describe('The configuration of the commands', () => {
  test('Every variable of the command and of the start takes a value of any shape, or refuses it by name', () => {
    for (const value of hostile) {
      for (const name of Object.keys(commandEnvironment.shape)) {
        checkReading(() => readEnvironment(commandEnvironment, { [name]: value }), name);
      }
      for (const name of ['POPVOTE_DIRECTORY', 'API_PORT', 'API_HOST', 'MIGRATE_BOX_URL', 'EDGE_REDIS_URL', 'PATH']) {
        checkReading(() => readStartSettings({ [name]: value }), name);
      }
    }
  });
});

function checkReading(read: () => unknown, name: string): void {
  try {
    read();
  } catch (error) {
    const text: string[] = [];
    const code = reportStartFailure(error, (line) => text.push(line));
    expectSaid({ code, text: text.join('\n') }, name);
  }
}
