// The priority that `nice npm start` gives is the priority of every process of the local platform.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { passOnPriority } from '../../../src/local/scheduling.ts';

const enabledFile = '/proc/sys/kernel/sched_autogroup_enabled';
const hasGroups = existsSync(enabledFile) && readFileSync(enabledFile, 'utf8').trim() === '1';

async function niceOfSession(nice: number): Promise<string> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { detached: true });
  try {
    await once(child, 'spawn');
    await passOnPriority(child.pid, nice);
    return readFileSync(`/proc/${String(child.pid)}/autogroup`, 'utf8')
      .trim()
      .split(' ')
      .slice(1)
      .join(' ');
  } finally {
    child.kill('SIGKILL');
  }
}

test.skipIf(!hasGroups)('A session of its own gets the nice value of the process that starts it', async () => {
  expect(await niceOfSession(0)).toBe('nice 0');
  // Also several at once, of which the kernel makes some wait.
  expect(await Promise.all([5, 10, 19].map(niceOfSession))).toEqual(['nice 5', 'nice 10', 'nice 19']);
});

test('A child that did not start, or a system without groups, is no error', async () => {
  await passOnPriority(undefined, 10);
  await passOnPriority(2 ** 31 - 1, 10);
});
