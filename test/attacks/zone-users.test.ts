// Attacker: runs code in one zone of a platform that root started on one machine (`popvote start`). Wants the keys of
// another zone: from its file, its environment or its memory.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createZoneAccounts } from '../../src/local/accounts/zone-accounts.ts';
import { forkZone } from '../../src/local/zone-process.ts';
import type { ZoneProcess } from '../../src/local/zone-process.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-zone-users-'));
const directory = join(root, 'state');
const entry = join(root, 'program', 'cli', 'main.mjs');
const keyFile = (zone: string): string => join(directory, 'keys', `${zone}.json`);

/** A zone that tries the paths it is given, and reports what it could read of each. */
const program = `
import { readFileSync } from 'node:fs';
process.on('message', (paths) => {
  const read = (path) => { try { return readFileSync(path, 'utf8'); } catch (error) { return error.code; } };
  process.send({ uid: process.getuid(), own: process.env.BALLOTS_KEYS ?? null, texts: paths.map(read) });
});
`;
type Report = { readonly uid: number; readonly own: string | null; readonly texts: readonly string[] };

beforeAll(() => {
  mkdirSync(join(root, 'program', 'cli'), { recursive: true });
  writeFileSync(entry, program);
  for (const name of ['keys', 'logs', 'election-keys', 'epoch-keys', 'spool']) {
    mkdirSync(join(directory, name), { recursive: true, mode: 0o700 });
  }
  for (const zone of ['api', 'ballots']) writeFileSync(keyFile(zone), `the key of ${zone}`, { mode: 0o600 });
  writeFileSync(join(directory, 'election-keys', 'council.json'), 'the key of council', { mode: 0o600 });
  // As the start makes it.
  chmodSync(directory, 0o711);
  chmodSync(root, 0o755);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ask = ({ child }: ZoneProcess, paths: readonly string[]): Promise<Report> => {
  child.send([...paths]);
  return new Promise((resolve) => child.once('message', (report) => resolve(report as Report)));
};

describe.runIf(process.getuid?.() === 0)('A platform that root started', () => {
  test('A zone reads neither the key file nor the environment of another zone', async () => {
    const accounts = createZoneAccounts(directory, entry);
    expect(accounts.sharedBecause).toBeNull();
    const zone = (service: string): ZoneProcess =>
      forkZone({
        service,
        entry,
        accounts,
        environment: { [`${service.toUpperCase()}_KEYS_FILE`]: keyFile(service) },
        logFile: join(directory, 'logs', `${service}.log`),
        onSpawn: () => undefined,
        say: () => undefined,
      });
    const api = zone('api');
    const ballots = zone('ballots');
    try {
      const council = join(directory, 'election-keys', 'council.json');
      const own = await ask(ballots, [council]);
      expect(own).toMatchObject({ own: 'the key of ballots', texts: ['the key of council'] });
      const pid = ballots.child.pid ?? 0;
      const paths = [keyFile('ballots'), keyFile('api'), council, `/proc/${pid}/environ`, `/proc/${pid}/maps`];
      const report = await ask(api, [...paths, join(directory, 'logs', 'ballots.log')]);
      expect(report.uid).not.toBe(own.uid);
      expect([report.uid, own.uid]).not.toContain(0);
      for (const text of report.texts) expect(text).toBe('EACCES');
      expect(readFileSync(keyFile('ballots'), 'utf8')).toBe('the key of ballots');
    } finally {
      for (const { child, ended } of [api, ballots]) {
        child.kill('SIGKILL');
        await ended;
      }
    }
  });

  test('Where other users cannot reach the program or the folder, the start says that zones share a user', () => {
    chmodSync(root, 0o700);
    expect(createZoneAccounts(directory, entry).sharedBecause).toContain('other users cannot read');
    chmodSync(root, 0o755);
  });
});

test.runIf(process.getuid?.() !== 0)('A start without root says that zones share a user', () => {
  expect(createZoneAccounts(directory, entry).sharedBecause).toContain('not started as root');
  expect(existsSync(directory)).toBe(true);
});
