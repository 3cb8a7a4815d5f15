import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { checkService } from '../../src/cli/checks.ts';
import { createDatabase, serviceRoles } from '../../src/store/administration.ts';
import { databases as databaseNames } from '../../src/store/connecting/migration-files.ts';
import type { DatabaseName } from '../../src/store/connecting/migration-files.ts';
import { createDatabases, rolePassword } from '../support/database.ts';
import type { TestDatabases } from '../support/database.ts';
import { command } from '../support/processes/command.ts';
import { freePort } from '../support/processes/ports.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-migrate-'));
const suffix = randomBytes(6).toString('hex');
const urlOf = (name: string): string => new URL(`/${name}`, inject('postgresUrl')).href;
const fresh = Object.fromEntries(databaseNames.map((name) => [name, `m_${name}_${suffix}`])) as Record<
  DatabaseName,
  string
>;
let databases: TestDatabases;

async function ask(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(text).finally(() => client.end());
}

beforeAll(async () => {
  // The roles of the run exist, with the passwords that the other tests use.
  databases = await createDatabases();
  for (const name of Object.values(fresh)) await createDatabase(inject('postgresUrl'), name);
});
afterAll(async () => {
  for (const name of Object.values(fresh)) await ask(`drop database ${name} with (force)`);
  await databases[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true });
});

test('Migrates all databases, several at once, and then has nothing more to do', async () => {
  const file = join(root, 'all-roles.json');
  // Roles belong to the whole server: the run's other tests log in with these passwords, too.
  writeFileSync(file, JSON.stringify(Object.fromEntries(serviceRoles.map((role) => [role, rolePassword(role)]))));
  const environment = Object.fromEntries(
    databaseNames.map((name) => [`MIGRATE_${name.toUpperCase()}_URL`, urlOf(fresh[name])]),
  );
  const words = ['migrate', '--json', '--passwords', file];
  const all = await Promise.all(Array.from({ length: 6 }, () => command(words, environment)));
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
  const applied = all.flatMap(({ out }) => {
    const { applied: names } = JSON.parse(out) as { applied: Record<string, string[]> };
    return Object.entries(names).flatMap(([database, migrations]) => migrations.map((name) => `${database} ${name}`));
  });
  expect(new Set(applied.map((line) => line.split(' ')[0]))).toEqual(new Set(databaseNames));
  expect(new Set(applied).size).toBe(applied.length);
  const again = await command(['migrate'], environment);
  expect(again).toMatchObject({ code: 0, out: '' });
  expect(again.err).toContain('up to date');
});

test('Lets roles log in with the passwords of a file, and names the roles and never the passwords', async () => {
  const file = join(root, 'roles.json');
  // The run's other tests log in with this password, too.
  const passwords = { popvote_ballots: 'popvote_ballots' };
  writeFileSync(file, JSON.stringify(passwords));
  const environment = { MIGRATE_INTAKE_URL: urlOf(fresh.intake) };
  const { code, err } = await command(['migrate', '--passwords', file], environment);
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(err).toContain('popvote_ballots');
  writeFileSync(file, JSON.stringify({ popvote_ballots: 'short' }));
  const refused = await command(['migrate', '--passwords', file], environment);
  expect(refused.code).toBe(78);
  expect(refused.err).not.toContain('short');
});

test('Gives an owner whom the server knows by a former password the new one, and no one else', async () => {
  const owner = `m_owner_${suffix}`;
  const file = join(root, 'owners.json');
  const address = (password: string): string => {
    const url = new URL(urlOf(fresh.access));
    return Object.assign(url, { username: owner, password }).href;
  };
  await ask(`create role ${owner} superuser login password 'the-former-password'`);
  try {
    const former = { access: 'the-former-password', intake: 'of-another-server' };
    writeFileSync(file, JSON.stringify({ formerOwners: { access: 'neither-of-the-two' } }));
    const environment = { MIGRATE_ACCESS_URL: address('the-new-password') };
    expect((await command(['migrate', '--passwords', file], environment)).code).toBe(1);
    writeFileSync(file, JSON.stringify({ formerOwners: former }));
    const { code, out, err } = await command(['migrate', '--passwords', file], environment);
    expect([code, err]).toEqual([0, expect.stringContaining('access: its owner has the new password.')]);
    for (const password of ['the-former-password', 'the-new-password']) expect(`${out}${err}`).not.toContain(password);
    // From then on the former one is of no use.
    const again = await command(['migrate', '--passwords', file], environment);
    expect([again.code, again.err.includes('its owner')]).toEqual([0, false]);
    expect((await command(['migrate'], { MIGRATE_ACCESS_URL: address('the-former-password') })).code).toBe(1);
  } finally {
    await ask(`reassign owned by ${owner} to current_user`);
    await ask(`drop owned by ${owner}`);
    await ask(`drop role ${owner}`);
  }
});

test('Says what is missing when no database is given', async () => {
  const { code, err } = await command(['migrate'], {});
  expect(code).toBe(78);
  expect(err).toContain('MIGRATE_INTAKE_URL');
});

test('Reports by doctor a role with too many rights, a superuser, and a server that does not answer', async () => {
  const findings = async (url: string) => {
    const all = await checkService('ballots', { INTAKE_DATABASE_URL: url });
    return Object.fromEntries(all.map(({ check, state, next }) => [check, { state, next }]));
  };
  const fine = await findings(databases.url('intake', 'popvote_ballots'));
  expect(fine['INTAKE_DATABASE_URL tables it may touch']).toEqual({ state: 'ok', next: undefined });
  expect(fine['configuration']?.state).toBe('failed');

  await databases.query('intake', 'grant select on pv.participation to popvote_ballots');
  const open = await findings(databases.url('intake', 'popvote_ballots'));
  expect(open['INTAKE_DATABASE_URL tables it may touch']).toMatchObject({ state: 'failed' });
  expect(open['INTAKE_DATABASE_URL tables it may touch']?.next).toContain('Revoke');
  await databases.query('intake', 'revoke select on pv.participation from popvote_ballots');

  const superuser = await findings(databases.url('intake'));
  expect(superuser['INTAKE_DATABASE_URL role']).toMatchObject({ state: 'failed' });
  const results = await findings('postgres://popvote_ballots:hidden@127.0.0.1:1/intake');
  expect(results['INTAKE_DATABASE_URL']).toMatchObject({ state: 'failed' });
  expect(JSON.stringify(results)).not.toContain('hidden');
});

test('Creates a database that a killed first start left out', async () => {
  const name = `m_missing_${suffix}`;
  try {
    expect((await command(['migrate'], { MIGRATE_ACCESS_URL: urlOf(name) })).err).toContain('applied');
  } finally {
    await ask(`drop database if exists ${name} with (force)`);
  }
});

test('Waits for a server that starts later', async () => {
  const target = new URL(urlOf(fresh.access));
  const port = await freePort();
  const address = new URL(target);
  Object.assign(address, { hostname: '127.0.0.1', port: String(port) });
  const environment = { MIGRATE_ACCESS_URL: address.href };
  expect(await command(['migrate'], environment)).toMatchObject({ code: 1 });
  const waits = command(['migrate', '--wait', '60'], environment);
  const forwarder = createServer((socket) => {
    const onward = connect(Number(target.port), target.hostname);
    for (const side of [socket, onward]) side.on('error', () => undefined);
    socket.pipe(onward).pipe(socket);
  }).listen(port, '127.0.0.1');
  try {
    expect(await waits).toMatchObject({ code: 0 });
  } finally {
    forwarder.close();
  }
});

test('Rejects a wait that is no number of seconds', async () => {
  for (const wait of ['-1', '1.5', '5m', '99999', ''])
    expect([wait, (await command(['migrate', '--wait', wait])).code]).toEqual([wait, 2]);
});
