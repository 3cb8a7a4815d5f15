// The order in which requests begin when the turns of the event loop are full.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createWorkQueue } from '../../../src/platform/http/work-queue.ts';

/** Occupies the process, in milliseconds. */
function occupy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
const nothing = (): void => undefined;

test('Work begins at once while the turn has time', () => {
  // A busy machine may pause a process for longer than a turn: then another queue is tried.
  const attempt = (): number[] => {
    const queue = createWorkQueue();
    const starts: number[] = [];
    for (const n of [1, 2, 3]) queue.add('first', () => starts.push(n), nothing);
    return starts;
  };
  const attempts = Array.from({ length: 20 }, attempt);
  expect(attempts).toContainEqual([1, 2, 3]);
});

test('In a full turn casts begin before those who have begun, and those before others', async () => {
  const queue = createWorkQueue();
  const starts: string[] = [];
  queue.add('last', () => occupy(5), nothing);
  for (const order of ['first', 'last', 'never', 'first', 'never'] as const) {
    queue.add(
      order,
      () => {
        starts.push(order);
        occupy(3);
      },
      nothing,
    );
  }
  expect(starts).toEqual([]);
  await expect.poll(() => starts.length).toBe(5);
  expect(starts).toEqual(['never', 'never', 'last', 'first', 'first']);
});

test('A turn of the event loop ends when its time is used, so that connections are accepted between', async () => {
  const queue = createWorkQueue();
  let starts = 0;
  for (let n = 0; n < 20; n += 1) {
    queue.add(
      'last',
      () => {
        starts += 1;
        occupy(1.1);
      },
      nothing,
    );
  }
  const counts: number[] = [];
  while (starts < 20) {
    counts.push(starts);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const steps = counts.slice(1).map((count, index) => count - counts[index]!);
  expect(Math.max(...steps)).toBeLessThanOrEqual(2);
});

test('Those who begin are rejected after half a second in the queue, and later ones go on', async () => {
  const queue = createWorkQueue();
  const log: string[] = [];
  // Casts keep every turn full.
  const cast = (): void => {
    occupy(3);
    if (!log.includes('rejected')) setImmediate(() => queue.add('never', cast, nothing));
  };
  queue.add('never', cast, nothing);
  const from = performance.now();
  queue.add(
    'first',
    () => log.push('begun'),
    () => log.push('rejected'),
  );
  let lateness = 0;
  while (lateness <= 0.3 && log.length === 0) {
    lateness = queue.beginnersLateness();
    await pause(10);
  }
  expect(lateness).toBeGreaterThan(0.3);
  await expect.poll(() => log, { timeout: 5_000 }).toEqual(['rejected']);
  expect(performance.now() - from).toBeGreaterThanOrEqual(500);
  expect(queue.beginnersLateness()).toBe(0);
  queue.add(
    'first',
    () => log.push('begun'),
    () => log.push('rejected'),
  );
  await expect.poll(() => log).toEqual(['rejected', 'begun']);
});

test('Those who have begun are rejected after two seconds in the queue, and not before', async () => {
  const queue = createWorkQueue();
  const log: string[] = [];
  // Casts keep every turn full.
  const cast = (): void => {
    occupy(3);
    if (log.length === 0) setImmediate(() => queue.add('never', cast, nothing));
  };
  queue.add('never', cast, nothing);
  const from = performance.now();
  queue.add(
    'last',
    () => log.push('begun'),
    () => log.push('rejected'),
  );
  await expect.poll(() => log, { timeout: 10_000 }).toEqual(['rejected']);
  expect(performance.now() - from).toBeGreaterThanOrEqual(2_000);
});

test('After a pause of the whole process nothing is rejected that can begin', async () => {
  const queue = createWorkQueue();
  const log: string[] = [];
  queue.add('last', () => occupy(5), nothing);
  queue.add(
    'first',
    () => log.push('begun'),
    () => log.push('rejected'),
  );
  occupy(600);
  await expect.poll(() => log).toEqual(['begun']);
});
