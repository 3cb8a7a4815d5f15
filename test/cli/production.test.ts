// `popvote doctor --production`: what an installation lacks before an election that counts is named, with what to do.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { isRecent, machineFindings, productionFindings } from '../../src/cli/production-checks.ts';
import { startPostgres } from '../../src/local/postgres.ts';
import type { Finding } from '../../src/protocol/control/system-api.ts';
import { createDatabases } from '../support/database.ts';
import { command } from '../support/processes/command.ts';
import { freePort } from '../support/processes/ports.ts';
import { until } from '../support/until.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-production-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const statesOf = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ check, state, observed }) => [check, `${state}: ${observed}`]));

test('Names the checks that the configuration of a service fails, and passes a complete one', async () => {
  const states = async (
    service: 'api' | 'panel' | 'sms' | 'elections' | 'mixer' | 'ballots',
    environment: Record<string, string>,
  ) => statesOf(await productionFindings(service, environment));
  const tls = 'TLS or a proxy';
  const proxy = 'failed: neither';
  expect(await states('api', {})).toEqual({ [tls]: proxy });
  expect(await states('api', { API_TRUSTED_PROXIES: '10.0.0.1' })).toEqual({ [tls]: 'ok: behind a proxy' });
  expect(await states('panel', { PANEL_COOKIES: 'plain' })).toEqual({ [tls]: proxy, cookies: 'failed: plain' });
  expect(await states('panel', { PANEL_TLS_KEY: 'key' })).toEqual({ [tls]: 'ok: TLS', cookies: 'ok: only over TLS' });
  expect(await states('sms', {})).toEqual({ mode: 'ok: production' });
  expect(await states('sms', { POPVOTE_MODE: 'rehearsal' })).toEqual({ mode: 'failed: not production' });
  expect(await states('elections', {})).toEqual({ 'public log': 'warning: no public log' });
  const ELECTIONS_LOG_HOST = 'vote.example.org';
  expect(await states('elections', { ELECTIONS_LOG_HOST })).toEqual({
    'public log': 'warning: a public log, 0 witnesses',
  });
  const ELECTIONS_WITNESSES = JSON.stringify({ quorum: 2, keys: [] });
  expect(await states('elections', { ELECTIONS_LOG_HOST, ELECTIONS_WITNESSES })).toEqual({
    'public log': 'ok: a public log, 2 witnesses',
  });
  expect(await states('mixer', {})).toEqual({ 'copies of hourly keys': 'warning: only on this mixer' });
  expect(await states('mixer', { MIXER_KEY_COPIES: '1' })).toEqual({ 'copies of hourly keys': 'ok: on 1 more' });
  expect(await states('ballots', { BALLOTS_KEY_COPIES: '0' })).toEqual({
    'copies of election keys': 'warning: only on the folder that the replicas share',
  });
  expect(await states('ballots', { BALLOTS_KEY_COPIES: '2' })).toEqual({ 'copies of election keys': 'ok: on 2 more' });
});

test('Names what a database lacks, and passes one with a standby and a backup', { timeout: 120_000 }, async () => {
  await using databases = await createDatabases(['box']);
  const name = 'WORKER_BOX_DATABASE_URL';
  const bare = await productionFindings('worker', { [name]: databases.url('box', 'popvote_worker') });
  expect(statesOf(bare)).toEqual({
    [`${name} fsync`]: 'ok: on',
    [`${name} checksums`]: 'ok: on',
    [`${name} standby`]: 'failed: none',
    [`${name} archive`]: 'failed: archive_mode is off',
    [`${name} backup`]: 'failed: none known',
    [`${name} encryption`]: 'warning: none',
  });
  for (const { state, next } of bare) expect(next === undefined).toBe(state === 'ok');

  const settings = { archive_mode: 'on', archive_command: 'true', synchronous_standby_names: 'ANY 1 (second)' };
  const server = await startPostgres({
    directory: join(root, 'postgres'),
    port: await freePort(),
    password: 'test',
    logFile: join(root, 'postgres.log'),
    settings,
  });
  try {
    const url = server.superuserUrl('postgres');
    const states = async () => statesOf(await productionFindings('worker', { [name]: url }));
    expect(await states()).toMatchObject({ [`${name} archive`]: 'failed: nothing archived yet' });
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    // The standby that the settings name does not exist.
    await client.query('set synchronous_commit = local');
    // A file is archived when it is complete: a record in it, and the next one begins.
    await client.query("select pg_logical_emit_message(false, 'test', 'backup'), pg_switch_wal()");
    await until(
      async () => (await states())[`${name} archive`]?.startsWith('ok: archived 0 minutes') === true,
      'an archive',
    );
    // The archive of a server that was never backed up restores nothing.
    expect(await states()).toMatchObject({ [`${name} backup`]: 'failed: none known' });
    for (const [hoursAgo, state] of [
      [0, 'ok: 0 hours ago'],
      [193, 'failed: 193 hours ago'],
    ] as const) {
      const seconds = Math.floor(Date.now() / 1_000) - hoursAgo * 3_600;
      await client.query(`alter database postgres set popvote.last_backup = ${seconds}`);
      expect(await states()).toMatchObject({ [`${name} backup`]: state });
    }
    await client.end();
    expect(await states()).toMatchObject({ [`${name} standby`]: 'ok: ANY 1 (second)' });
  } finally {
    await server.stop();
    rmSync(server.directory, { recursive: true, force: true });
  }
});

test('An archive is recent for a day, and a backup for eight', () => {
  const ages = [null, 0, 86_400, 86_401, 691_200, 691_201];
  expect(ages.map((age) => isRecent('archive', age))).toEqual([false, true, true, false, false, false]);
  expect(ages.map((age) => isRecent('backup', age))).toEqual([false, true, true, true, true, false]);
});

test('Names swap and core dumps of the machine, and says where it cannot look', async () => {
  const machine = (limit: string, areas: string): string => {
    const folder = mkdtempSync(join(root, 'proc-'));
    mkdirSync(join(folder, 'self'));
    writeFileSync(
      join(folder, 'self/limits'),
      `Limit Soft Limit Hard Limit Units\nMax core file size  ${limit}  unlimited  bytes\n`,
    );
    writeFileSync(join(folder, 'swaps'), `Filename Type Size Used Priority\n${areas}`);
    return folder;
  };
  expect(statesOf(await machineFindings(machine('0', '')))).toMatchObject({ 'core dumps': 'ok: off', swap: 'ok: off' });
  const open = await machineFindings(machine('unlimited', '/dev/sda2 partition 8388604 0 -2\n'));
  expect(statesOf(open)).toMatchObject({ 'core dumps': 'failed: unlimited', swap: 'warning: 1 on' });
  expect(statesOf(await machineFindings(root))).toMatchObject({ memory: 'warning: cannot be read here' });
});

test('The command fails where one of these checks fails, and makes none of them without the option', async () => {
  const environment = { API_LOG_DIRECTORY: root };
  const { code, out } = await command(['doctor', 'api', '--production'], environment);
  expect(code).toBe(1);
  expect(out).toMatch(/\[-\] api +TLS or a proxy +neither\n +next: Set API_TLS_KEY_FILE/);
  expect(out).toMatch(/machine +clock synchronization/);
  expect((await command(['doctor', 'api'], environment)).out).not.toContain('machine');
});
