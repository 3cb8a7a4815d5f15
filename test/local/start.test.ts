// The whole platform as `npm start` runs it, on free ports, in a folder of its own. One start serves most stories.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { processIdentity, untilEnded } from '../../src/local/process-identity.ts';
import { zones } from '../../src/local/zone-environments.ts';
import { reportingServices, systemAnswer } from '../../src/protocol/control/system-api.ts';
import { definition } from '../support/elections.ts';
import { command } from '../support/processes/command.ts';
import { freePorts } from '../support/processes/child-process.ts';
import { popvote, startPlatform } from '../support/processes/popvote.ts';
import type { StartedPlatform } from '../support/processes/popvote.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-start-'));
const directory = join(root, 'state');
const local = { POPVOTE_DIRECTORY: directory };
let platform: StartedPlatform;

beforeAll(async () => {
  // As root each zone then runs as a user of its own, who has to reach the folder.
  chmodSync(root, 0o755);
  platform = await startPlatform(directory);
}, 120_000);
afterAll(async () => {
  if (platform.child.exitCode === null && platform.child.signalCode === null) await platform.end();
  const moved = join(directory, 'postgres', 'MOVED');
  if (existsSync(moved)) rmSync(readFileSync(moved, 'utf8').trim(), { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
});

const publicApi = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${platform.ports['api'] ?? 0}${path}`);
const isRoot = process.getuid?.() === 0;
/** The user and group of a process, from the kernel. */
const accountOf = (pid: number): readonly string[] =>
  /^Uid:\t(\d+)[^]*?^Gid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.slice(1) ?? [];
const recordOf = (pid: number) => ({ name: '', pid, identity: processIdentity(pid) ?? '' });
const environmentText = (zone: string): string => readFileSync(join(directory, 'environment', `${zone}.env`), 'utf8');

/** What the first administrator chose. */
const password = 'copper lantern by the quiet river';
/** Reads of `elections` as the first administrator, who logs in once. */
async function administratorReads(): Promise<(path: string) => Promise<unknown>> {
  const body = JSON.stringify({ email: platform.administrator?.email, password });
  const login = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const entered = await fetch(`${platform.control['access'] ?? ''}/v1/login`, login);
  const { accessToken } = (await entered.json()) as { accessToken: string };
  const headers = { authorization: `Bearer ${accessToken}` };
  return async (path) => (await fetch(`${platform.control['elections'] ?? ''}${path}`, { headers })).json();
}

test('Serves the rehearsal election as soon as it is ready', async () => {
  const answer = await publicApi('/v1/elections/rehearsal');
  expect(answer.status).toBe(200);
  const { election } = (await answer.json()) as {
    election: { phase: string; rehearsal: boolean; contests: unknown[] };
  };
  expect(election).toMatchObject({ phase: 'open', rehearsal: true });
  expect(election.contests).toHaveLength(3);
});

test.runIf(isRoot)('Runs each zone as a user of its own when root starts it', () => {
  const pids = zones.map((zone) => platform.pids[zone] ?? 0);
  const accounts = pids.map((pid) => accountOf(pid).join(':'));
  expect(new Set(accounts).size).toBe(zones.length);
  expect(accounts.join(' ')).not.toMatch(/\b0\b/);
});

test('Keeps keys, passwords and environments where their owner alone can read them', () => {
  // As root, the users of the zones and of the database pass through the folder, and read nothing of it.
  expect(statSync(directory).mode & 0o777).toBe(isRoot ? 0o711 : 0o700);
  const files = ['secrets.json', 'keys/api.json', 'environment/ballots.env', 'election-keys/rehearsal.json'];
  for (const file of files)
    expect({ file, mode: statSync(join(directory, file)).mode & 0o777 }).toEqual({ file, mode: 0o600 });
});

test('Makes a first administrator, whose password opens one login and is kept nowhere', async () => {
  const { administrator, control } = platform;
  if (!administrator) throw new Error('there is no administrator');
  const login = async (more: object): Promise<Response> =>
    fetch(`${control['access'] ?? ''}/v1/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...administrator, ...more }),
    });
  expect(await (await login({})).json()).toMatchObject({ code: 'password-change-required' });
  const entered = await login({ newPassword: password });
  expect(await entered.json()).toMatchObject({ user: { role: 'administrator' } });
  for (const file of filesIn(directory)) {
    expect({ file, holds: readFileSync(file, 'latin1').includes(administrator.password) }).toEqual({
      file,
      holds: false,
    });
  }
});

test('Gives each zone its own environment: no address of a database at the edge, no key of another', () => {
  for (const zone of ['api', 'sms']) expect(environmentText(zone)).not.toMatch(/postgres|DATABASE/);
  expect(environmentText('ballots')).not.toMatch(/box|REDIS|MIXER|API_KEYS/);
  expect(environmentText('officials')).not.toMatch(/postgres|DATABASE|EDGE_REDIS|BALLOTS/);
  expect(environmentText('worker')).not.toMatch(/intake|EDGE_REDIS|_KEYS_FILE='[^']*(?<!public|worker)\.json/);
  expect(environmentText('operator')).not.toMatch(/postgres|redis/);
  const redisUsers = ['access', 'elections', 'officials', 'worker'].map(
    (zone) => /CONTROL_REDIS_URL='redis:\/\/([a-z]+):/.exec(environmentText(zone))?.[1],
  );
  expect(redisUsers).toEqual(['access', 'elections', 'officials', 'worker']);
  expect(environmentText('api')).not.toMatch(/SMS_KEYS|BALLOTS_KEYS/);
  // What the processes really have, where the system tells.
  if (process.platform !== 'linux') return;
  for (const zone of ['api', 'sms', 'officials']) {
    expect(readFileSync(`/proc/${platform.pids[zone] ?? 0}/environ`, 'utf8')).not.toMatch(/postgres:|SECRET|MIGRATE/);
  }
});

test('Refuses a second start in the same folder, and names the process that has it', async () => {
  const { code, out, err } = await popvote(['start'], local);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(`process ${platform.child.pid ?? 0}`);
  expect((await publicApi('/livez')).status).toBe(200);
});

test('Refuses ports that are in use, all at once and by their variables, before anything is started', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const used = typeof address === 'object' && address !== null ? address.port : 0;
  const second = join(root, 'second');
  const { code, err } = await popvote(['start'], {
    ...freePorts,
    POPVOTE_DIRECTORY: second,
    API_PORT: String(platform.ports['api']),
    POPVOTE_REDIS_PORT: String(used),
    WORKER_PORT: String(used),
  });
  other.close();
  expect(code).toBe(1);
  expect(err).toMatch(/Port \d+ on 127.0.0.1 is in use.*API_PORT/);
  expect(err).toContain('POPVOTE_REDIS_PORT');
  expect(err).toMatch(/WORKER_PORT|POPVOTE_REDIS_PORT.*are both/);
  expect(err).not.toContain('SMS_PORT');
  expect(existsSync(join(second, 'postgres'))).toBe(false);
  expect(existsSync(join(second, 'lock'))).toBe(false);
});

test('Loads an election from a file; the same again changes nothing, and another one is rejected', async () => {
  const file = join(root, 'council.json');
  const council = definition({ id: 'members', identity: { scheme: 'roll' } });
  writeFileSync(file, JSON.stringify(council));
  const first = await popvote(['election', 'load', file, '--local'], local);
  expect(first).toMatchObject({ code: 0, out: 'members\n' });
  expect(first.err).toContain('Created and announced');
  expect((await command(['election', 'load', file, '--local'], local)).err).toContain('Present');
  writeFileSync(file, JSON.stringify({ ...council, title: { en: 'Another' } }));
  const other = await command(['election', 'load', file, '--local'], local);
  expect(other.code).toBe(1);
  expect(other.err).toContain('Another election has this id');
  const { out } = await command(['election', 'list', '--local', '--json'], local);
  const { elections } = JSON.parse(out) as { elections: { id: string; phase: string }[] };
  expect(elections.map(({ id, phase }) => ({ id, phase }))).toEqual([
    { id: 'members', phase: 'open' },
    { id: 'rehearsal', phase: 'open' },
  ]);
});

test('Audits what the command line does, as an action of the operator', async () => {
  const read = await administratorReads();
  const log = JSON.stringify(await read('/v1/audit-log?limit=100'));
  expect(log).toContain('"operator"');
  expect(log).toContain('"members"');
  expect(log).toContain('"rehearsal"');
});

test('Imports a roll, names faulty rows by their numbers only, and adds nothing twice', async () => {
  const file = join(root, 'members.csv');
  writeFileSync(file, '\uFEFFnumber\r\nM-1001\r\n"M 1002"\r\n\r\nsecret;number;1\r\nM1002\r\n');
  const first = await command(['election', 'roll', 'members', file, '--local', '--json'], local);
  expect(first.code).toBe(1);
  expect(JSON.parse(first.out)).toMatchObject({
    added: 2,
    collision: 1,
    malformed: 1,
    malformedRows: [{ row: 5 }],
    repeatedRows: [{ row: 6, firstRow: 3 }],
  });
  expect(first.err).toContain('row 5');
  expect(first.out + first.err).not.toMatch(/secret|1001|1002/);
  const again = await command(['election', 'roll', 'members', file, '--local', '--json'], local);
  expect(JSON.parse(again.out)).toMatchObject({ added: 0, alreadyThere: 2, collision: 1 });
  const counts = await command(['election', 'counts', 'members', '--local'], local);
  expect(counts.out).toContain('roll 2');
  const wrong = await command(['election', 'roll', 'rehearsal', file, '--local'], local);
  expect(wrong.code).toBe(1);
});

test('Closes an election before its time, with a reason, and says that nothing was counted yet', async () => {
  expect((await command(['election', 'close', 'members', '--local'], local)).code).toBe(2);
  const words = ['election', 'close', 'members', '--reason', 'The hall is on fire.', '--local', '--json'];
  const { code, out, err } = await command(words, local);
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(JSON.parse(out)).toMatchObject({ phase: 'closed', participation: 0 });
  expect(err).toContain('voting has ended');
  const recount = await command(['election', 'recount', 'members', '--local'], local);
  expect(recount).toMatchObject({ code: 1, out: '' });
});

test('Passes its own doctor', async () => {
  const { code, out } = await command(['doctor', '--local', '--json'], local);
  const { findings } = JSON.parse(out) as { findings: { state: string }[] };
  expect(findings.filter(({ state }) => state === 'failed')).toEqual([]);
  expect(findings.length).toBeGreaterThan(30);
  expect(code).toBe(0);
});

test('Shows an administrator that every service is well, by what each finds about itself', async () => {
  // A service that was there before those it calls looks again after ten seconds.
  const wellMsMax = 60_000;
  const read = await administratorReads();
  await vi.waitFor(
    async () => {
      const { services, silent } = systemAnswer.parse(await read('/v1/system'));
      expect(silent).toEqual([]);
      expect([...new Set(services.map(({ service }) => service))]).toEqual(reportingServices);
      const findings = services.flatMap(({ service, findings: all }) => all.map((each) => ({ service, ...each })));
      expect(findings.filter(({ state }) => state === 'failed')).toEqual([]);
      expect(findings.length).toBeGreaterThan(30);
    },
    { timeout: wellMsMax, interval: 500 },
  );
}, 90_000);

test('Starts again what is killed: a service, Redis and PostgreSQL', async () => {
  for (const name of ['ballots', 'access', 'elections', 'control-redis', 'redis', 'postgres']) {
    process.kill(platform.pids[name] ?? 0, 'SIGKILL');
    await platform.untilSaid(new RegExp(`${name} runs again`));
  }
  const { code, out } = await command(['election', 'counts', 'rehearsal', '--local', '--json'], local);
  expect({ code, counts: JSON.parse(out) as unknown }).toEqual({
    code: 0,
    counts: { state: 'open', participation: 0, outbox: 0, roll: 0, missing: null, acceptedLosses: [] },
  });
}, 240_000);

test('Leaves no process behind on Ctrl-C, keeps its data, and serves an older folder again', async () => {
  const before = await (await publicApi('/v1/elections/rehearsal')).json();
  const records = runningRecords();
  expect(platform.err()).not.toContain('did not');
  expect(await platform.end('SIGINT')).toBe(0);
  expect(platform.err()).not.toContain('Warning');
  for (const record of records) expect(processIdentity(record.pid)).not.toBe(record.identity);
  // New passwords are set by the next start.
  const passwords = () => JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as Record<string, string>;
  const old = passwords();
  expect((await command(['keys', 'rotate', 'passwords', '--local'], local)).code).toBe(0);
  const same = Object.entries(passwords()).filter(([name, text]) => old[name] === text);
  expect(same.map(([name]) => name)).toEqual(['postgres']);
  makeOlder();
  // Where an account exists, a start creates none, whatever address it gets.
  platform = await startPlatform(directory, { POPVOTE_ADMIN_EMAIL: 'another@example.org' });
  expect(platform.administrator).toBeNull();
  expect(await (await publicApi('/v1/elections/rehearsal')).json()).toEqual(before);
  // Elections that were loaded from a file are published again as well.
  expect((await publicApi('/v1/elections/members')).status).toBe(200);
}, 240_000);

test('Ends by itself when the supervisor is killed; the next start cleans up and starts what is missing', async () => {
  const isServer = (name: string): boolean => ['postgres', 'redis', 'control-redis'].includes(name);
  const all = Object.entries(platform.pids).map(([name, pid]) => ({ ...recordOf(pid), name }));
  const closed = await command(['election', 'close', 'rehearsal', '--reason', 'Enough.', '--local'], local);
  expect(closed.code).toBe(0);
  platform.child.kill('SIGKILL');
  for (const record of all.filter(({ name }) => !isServer(name))) expect(await untilEnded(record, 60_000)).toBe(true);
  platform = await startPlatform(directory);
  for (const record of all.filter(({ name }) => isServer(name)))
    expect(processIdentity(record.pid)).not.toBe(record.identity);
  expect(platform.err()).toContain('left postgres running');
  // A closed rehearsal is over, and there is a new one to try.
  expect(platform.rehearsal.id).toMatch(/^rehearsal-\d{14}$/);
  const another = await (await publicApi(`/v1/elections/${platform.rehearsal.id}`)).json();
  expect(another).toMatchObject({ election: { phase: 'open', rehearsal: true } });
  expect((await publicApi('/v1/elections/members')).status).toBe(200);
  expect(await platform.end('SIGTERM')).toBe(0);
}, 240_000);

/** The folder as an earlier version left it: without what the control zone brought. */
function makeOlder(): void {
  const secrets = JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8')) as Record<string, string>;
  const older = Object.entries(secrets).filter(([name]) => !/^control-|access|worker/.test(name));
  writeFileSync(join(directory, 'secrets.json'), JSON.stringify(Object.fromEntries(older)));
  rmSync(join(directory, 'keys', 'officials.json'));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function runningRecords(): { pid: number; identity: string }[] {
  return JSON.parse(readFileSync(join(directory, 'processes.json'), 'utf8')) as { pid: number; identity: string }[];
}
