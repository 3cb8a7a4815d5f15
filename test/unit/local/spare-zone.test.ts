// A zone with a spare process: when the running one ends, the other one serves without loading its code first.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { keepRunning } from '../../../src/local/keep-running.ts';
import { processIdentity, untilEnded } from '../../../src/local/process-identity.ts';
import { zoneWithSpare } from '../../../src/local/spare-zone.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-spare-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Loading takes ten seconds, and serving begins at once, as with a service. */
const loadMs = 10_000;
const code = `
  import { once } from 'node:events';
  import { writeFileSync } from 'node:fs';
  await new Promise((resolve) => setTimeout(resolve, ${loadMs}));
  writeFileSync(${JSON.stringify(join(directory, 'loaded-'))} + process.pid, '');
  if (process.argv.includes('--spare')) await once(process, 'message');
  process.send({ started: [] });
  process.on('disconnect', () => process.exit());
  setInterval(() => 0, 1000);
`;

test(
  'A process that ends is replaced by its spare without loading code, and no process is left',
  { timeout: 120_000 },
  async () => {
    const entry = join(directory, 'service.mjs');
    writeFileSync(entry, code);
    const spares: number[] = [];
    const lines: { text: string; atMs: number }[] = [];
    const say = (text: string): void => void lines.push({ text, atMs: performance.now() });
    const options = {
      service: 'api',
      entry,
      environment: { PATH: process.env['PATH'] ?? '' },
      logFile: join(directory, 'log'),
      onSpawn: () => undefined,
      say,
    };
    const zone = zoneWithSpare(options, (pid) => spares.push(pid));
    const instance = await keepRunning('api', () => zone.start(), say);
    // The spare has loaded its code.
    await expect.poll(() => existsSync(join(directory, `loaded-${spares[0]}`)), { timeout: 60_000 }).toBe(true);
    const first = instance.current().pid;
    const endedMs = performance.now();
    process.kill(first, 'SIGKILL');
    await expect.poll(() => lines.some(({ text }) => /^api runs again/.test(text)), { timeout: 30_000 }).toBe(true);
    const replaced = lines.find(({ text }) => /^api runs again/.test(text));
    expect((replaced?.atMs ?? 0) - endedMs).toBeLessThan(loadMs / 2);
    expect(instance.current().pid).toBe(spares[0]);
    expect(spares).toHaveLength(2);
    const second = spares[1] ?? 0;
    const identity = processIdentity(second) ?? '';
    await Promise.all([zone.stop(), instance.stop(AbortSignal.abort())]);
    await untilEnded({ name: 'api-spare', pid: second, identity }, 5_000);
    expect(processIdentity(second)).not.toBe(identity);
  },
);
