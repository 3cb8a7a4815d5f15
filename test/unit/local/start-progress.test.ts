// The wait for a service that starts: as long as it makes progress, with its stage, and not for ever.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { untilAnswering } from '../../../src/local/start-progress.ts';
import type { StartBounds } from '../../../src/local/start-progress.ts';
import { startZone } from '../../../src/local/zone-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'popvote-progress-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Started = { readonly lines: string[]; readonly pids: number[]; readonly serving: ReturnType<typeof startZone> };
let files = 0;

/** Starts a process that runs `code` in place of a service. */
function startOf(code: string, bounds: Partial<StartBounds>): Started {
  files += 1;
  const entry = join(directory, `${files}.mjs`);
  writeFileSync(entry, `import { setTimeout as pause } from 'node:timers/promises';\n${code}`);
  const lines: string[] = [];
  const pids: number[] = [];
  const serving = startZone({
    service: 'api',
    entry,
    environment: { PATH: process.env['PATH'] ?? '' },
    logFile: join(directory, `${files}.log`),
    onSpawn: (pid) => pids.push(pid),
    say: (line) => lines.push(line),
    bounds: { silentMsMax: 60_000, totalMsMax: 120_000, sayMs: 60_000, ...bounds },
  });
  return { lines, pids, serving };
}
const serves =
  "process.send({ started: [] }); process.on('disconnect', () => process.exit()); setInterval(() => 0, 1000);";

// Most of them wait, and so they wait side by side.
test.concurrent('A start that is slow and makes progress is waited for, and its stage is said', async () => {
  const code = `
    for (const stage of ['one', 'two', 'three', 'four', 'five']) { process.send({ stage }); await pause(2_200); }
    ${serves}`;
  // Longer than the silence that is allowed, which begins again with each stage.
  const { lines, serving } = startOf(code, { silentMsMax: 10_000, sayMs: 150 });
  const instance = await serving;
  await instance.stop(AbortSignal.abort());
  expect(lines.join('\n')).toMatch(/^api is still (starting Node\.js|one|two) \(\d+ s\)\.$/m);
  expect(lines.join('\n')).toMatch(/^api is still (three|four|five) \(\d+ s\)\.$/m);
});

test.concurrent('A process that is stopped and goes on within the bound is waited for', async () => {
  const { pids, serving } = startOf(`process.send({ stage: 'one' }); await pause(500); ${serves}`, {});
  const [pid = 0] = pids;
  process.kill(pid, 'SIGSTOP');
  setTimeout(() => process.kill(pid, 'SIGCONT'), 1_500);
  const instance = await serving;
  await instance.stop(AbortSignal.abort());
});

test.concurrent('A start without progress fails with its stage and the last lines of its log', async () => {
  const code = "console.log('the last line'); process.send({ stage: 'loading its code' }); await pause(60000);";
  const { serving } = startOf(code, { silentMsMax: 10_000 });
  await expect(serving).rejects.toThrow(
    /^api did not start \(no progress for 10 seconds while loading its code\)[^]*the last line$/,
  );
});

test.concurrent('A start that makes progress for ever fails after the total time', async () => {
  const code = "for (;;) { process.send({ stage: 'going in circles' }); await pause(50); }";
  const { serving } = startOf(code, { totalMsMax: 10_000 });
  await expect(serving).rejects.toThrow(/not within 10 seconds, still going in circles/);
});

test.concurrent('A process that ends before it serves fails at once with its exit code', async () => {
  const { serving } = startOf('process.exit(78);', {});
  await expect(serving).rejects.toThrow(/^api did not start \(exit code 78\)/);
});

test('A server is calls until it answers, and the wait is said', async () => {
  const lines: string[] = [];
  let calls = 0;
  const server = {
    name: 'postgres',
    ended: new Promise<never>(() => undefined),
    answers: () => Promise.resolve((calls += 1) > 20),
    say: (line: string) => void lines.push(line),
  };
  const bounds = { silentMsMax: 1_000, totalMsMax: 10_000, sayMs: 20 };
  expect(await untilAnswering(server, { pollMs: 5, bounds })).toBe(true);
  expect(lines[0]).toBe('postgres does not take connections yet (0 s).');
  calls = -Infinity;
  expect(await untilAnswering(server, { pollMs: 5, bounds: { ...bounds, totalMsMax: 100 } })).toBe(false);
  expect(await untilAnswering({ ...server, ended: Promise.resolve() }, { pollMs: 5, bounds })).toBe(false);
});
