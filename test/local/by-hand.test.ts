// One service under the debugger of Node, as docs/developing.md says: the platform starts without it, prints the command,
// and is ready once the service that was run by hand accepts connections.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inspectCommand } from '../../src/local/served-by-hand.ts';
import { builtCommand } from '../../src/local/build-stamp.ts';
import { popvote, startPlatform } from '../support/processes/popvote.ts';
import { endProcess } from '../support/processes/child-process.ts';

const root = mkdtempSync(join(tmpdir(), 'popvote-by-hand-'));
const directory = join(root, 'state');
const file = join(directory, 'environment', 'ballots.env');
const entry = builtCommand(process.cwd());
const children: ChildProcess[] = [];

afterAll(async () => {
  for (const child of children) await endProcess(child);
  const moved = join(directory, 'postgres', 'MOVED');
  if (existsSync(moved)) rmSync(readFileSync(moved, 'utf8').trim(), { recursive: true, force: true });
  rmSync(root, { recursive: true, force: true });
}, 60_000);

/** Runs the service with any free port for the debugger; resolves with the debugger's address. */
function inspect(): Promise<string> {
  const child = spawn(process.execPath, ['--inspect=0', `--env-file=${file}`, entry, 'serve', 'ballots']);
  children.push(child);
  let text = '';
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const [, address] = /Debugger listening on ws:\/\/([\d.:]+)/.exec(text) ?? [];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', () => reject(new Error(`ballots ended:\n${text}`)));
  });
}

test('A service under a debugger takes the place of the platform’s process', { timeout: 120_000 }, async () => {
  const command = inspectCommand('ballots', directory, entry);
  let resolvePrinted: () => void = () => undefined;
  const printed = new Promise<void>((resolve) => (resolvePrinted = resolve));
  const listen = (text: string): void => {
    if (text.includes(`${command}\n`)) resolvePrinted();
  };
  const starting = startPlatform(
    directory,
    {},
    {
      words: ['--without', 'ballots'],
      listen,
      spawned: (child) => children.push(child),
    },
  );
  await Promise.race([printed, starting]);
  const debuggerAddress = await inspect();
  const platform = await starting;
  expect(Object.keys(platform.pids)).toContain('api');
  expect(Object.keys(platform.pids)).not.toContain('ballots');
  const targets = await (await fetch(`http://${debuggerAddress}/json/list`)).text();
  expect(targets).toContain('dist/cli/main.js');
  const ballots = await fetch(`http://127.0.0.1:${platform.ports['ballots'] ?? 0}/readyz`);
  expect(ballots.status).toBe(200);
});

test('An unknown service name is reported', async () => {
  const { code, err } = await popvote(['start', '--without', 'ballots,nothing']);
  expect(code).not.toBe(0);
  expect(err).toContain('There is no service "nothing".');
});
