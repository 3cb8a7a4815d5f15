// A process that ends by itself is started again, after pauses that grow.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { keepRunning } from '../../../src/local/keep-running.ts';
import type { Instance } from '../../../src/local/keep-running.ts';
import { until } from '../../support/until.ts';

test(
  'The first restart has no pause, and each further one in a row twice the pause of the one before',
  { retry: 2 },
  async () => {
    const starts: number[] = [];
    const start = (): Promise<Instance> => {
      starts.push(performance.now());
      const isLast = starts.length === 5;
      const ended = isLast ? new Promise<string>(() => undefined) : Promise.resolve('by itself');
      return Promise.resolve({ pid: starts.length, ended, stop: () => Promise.resolve() });
    };
    const lines: string[] = [];
    const worker = await keepRunning('worker', start, (line) => lines.push(line));
    await until(() => lines.filter((line) => line.startsWith('worker runs again')).length === 4, 'four restarts');
    const pauses = starts.slice(1).map((at, index) => at - starts[index]!);
    for (const [index, ms] of [0, 200, 400, 800].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(ms - 5);
      expect(pauses[index]).toBeLessThan(2 * ms + 150);
    }
    expect(worker.current().pid).toBe(5);
  },
);

test('After a stable run each restart is without a pause, however many there are', async () => {
  const runMs = 40;
  const starts: number[] = [];
  const start = (): Promise<Instance> => {
    starts.push(performance.now());
    const ended = starts.length === 7 ? new Promise<string>(() => undefined) : pause(runMs, 'by a signal');
    return Promise.resolve({ pid: starts.length, ended, stop: () => Promise.resolve() });
  };
  const lines: string[] = [];
  await keepRunning('worker', start, (line) => lines.push(line), runMs / 2);
  await until(() => lines.filter((line) => line.startsWith('worker runs again')).length === 6, 'six restarts');
  // With pauses the last five would take 6.2 s.
  expect(starts[6]! - starts[0]!).toBeLessThan(3_000);
});
