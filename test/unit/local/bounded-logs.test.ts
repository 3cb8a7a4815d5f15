// Logs stay bounded while a process goes on writing them.
import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { boundLogs, criticalLine, sizeOf } from '../../../src/local/bounded-logs.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'popvote-logs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('A log that grows is cut again and again, and the end of it is kept beside it', async () => {
  const file = join(directory, 'redis.log');
  // As a server has it: opened once, and appended to.
  const server = openSync(file, 'a');
  const logs = await boundLogs(directory, { bytesMax: 1_000, everyMs: 5 });
  try {
    for (let line = 0; line < 300; line += 1) {
      writeSync(server, `line ${String(line).padStart(4, '0')} ${'x'.repeat(40)}\n`);
      if (line % 30 === 29) await expect.poll(() => sizeOf(file), { interval: 5 }).toBeLessThanOrEqual(1_000);
    }
    writeSync(server, 'last line\n');
    expect(readFileSync(file, 'utf8')).toMatch(/last line\n$/);
    expect(readFileSync(file)).not.toContain(0);
    expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(1_000);
    expect(readFileSync(`${file}.1`, 'utf8')).toMatch(/line 0\d\d\d/);
  } finally {
    logs.stop();
    closeSync(server);
  }
});

test('A log that is too long at the start is cut before anything runs', async () => {
  const file = join(directory, 'postgres.log');
  appendFileSync(file, 'y'.repeat(5_000));
  const logs = await boundLogs(directory, { bytesMax: 1_000 });
  logs.stop();
  expect([sizeOf(file), sizeOf(`${file}.1`)]).toEqual([0, 1_000]);
});

test('Critical lines are found in what this start wrote, and not in what earlier ones wrote', async () => {
  const file = join(directory, 'redis.log');
  appendFileSync(file, '# == CRITICAL == old\n');
  const before = sizeOf(file);
  appendFileSync(file, '* Ready\n');
  expect(await criticalLine(file, before)).toBeNull();
  appendFileSync(file, '# == CRITICAL == new\n* Ready\n');
  expect(await criticalLine(file, before)).toBe('# == CRITICAL == new');
  const end = sizeOf(file);
  appendFileSync(file, `CRITICAL ${'z'.repeat(5_000)}\n`);
  expect(await criticalLine(file, end)).toHaveLength(300);
});
