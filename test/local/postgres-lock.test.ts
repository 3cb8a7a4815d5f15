// The lock file that a power cut leaves in the folder of PostgreSQL: the process in it may be any program by now.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '../../src/local/postgres.ts';
import type { LocalPostgres } from '../../src/local/postgres.ts';
import { endProcess } from '../support/processes/child-process.ts';
import { freePort } from '../support/processes/ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'popvote-lock-'));
// The database's account must be able to enter.
chmodSync(folder, 0o755);
const directory = join(folder, 'data');
const logFile = join(folder, 'postgres.log');
const lock = join(directory, 'postmaster.pid');

const start = async (): Promise<LocalPostgres> =>
  startPostgres({ directory, port: await freePort(), password: 'test', logFile });

/** The lock file of a running server, as a power cut leaves it. */
let lockText = '';
let other: ChildProcess;
beforeAll(async () => {
  const first = await start();
  lockText = readFileSync(lock, 'utf8');
  await first.stop();
  const { uid, gid } = statSync(directory);
  // Another program of the same account: PostgreSQL ignores those of others by itself.
  const account = process.getuid?.() === 0 ? { uid, gid } : {};
  other = spawn('sleep', ['600'], { cwd: '/', stdio: 'ignore', ...account });
}, 120_000);
afterAll(async () => {
  await endProcess(other, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('PostgreSQL starts although its lock file names another program', { timeout: 120_000 }, async () => {
  const lines = lockText.split('\n');
  writeFileSync(lock, [String(other.pid), ...lines.slice(1)].join('\n'));
  const again = await start();
  expect(readFileSync(lock, 'utf8').split('\n')[0]).toBe(String(again.pid));
  await again.stop();
});

test('A second PostgreSQL of the same folder is refused, with the reason', { timeout: 120_000 }, async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(
    /The end of .*postgres\.log:\n(?:.*\n)*.*lock file "postmaster\.pid" already exists/,
  );
  await first.stop();
});
