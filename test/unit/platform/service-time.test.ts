// The time of a service: which of three witnesses it follows, and what it says, for every step of either clock.
import { setImmediate as nextTick } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { clockAheadMs, isWithin } from '../../../src/platform/clock.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createServiceTime } from '../../../src/platform/service-time.ts';
import { createLogProbe } from '../../support/log.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = Date.UTC(2026, 0, 1, 12);
const steps = [
  ['an hour ahead', hourMs],
  ['an hour back', -hourMs],
  ['a day ahead', dayMs],
  ['a day back', -dayMs],
  ['eleven seconds ahead', 11_000],
  ['eleven seconds back', -11_000],
] as const;

/** A machine and a reference whose clocks a test sets, and the time that passes for both. */
function clocks() {
  const state = { reads: 0, passedMs: 0, machineStepMs: 0, referenceStepMs: 0, unavailable: false };
  const probe = createLogProbe('test');
  const metrics = createMetrics('test');
  const time = createServiceTime({
    reference: 'the database',
    read: () =>
      ((state.reads += 1), state.unavailable)
        ? Promise.reject(new Error('no answer'))
        : Promise.resolve(start + state.passedMs + state.referenceStepMs),
    logger: probe.logger,
    metrics,
    machine: () => start + state.passedMs + state.machineStepMs,
    passed: () => state.passedMs,
  });
  const offMs = (): number => time.clock() - start - state.passedMs;
  /** The number of the gauge, or undefined. */
  const aheadSeconds = async (): Promise<number | undefined> =>
    (await metrics.getSingleMetric('popvote_clock_ahead_seconds')?.get())?.values[0]?.value;
  return { state, time, offMs, aheadSeconds, reads: () => state.reads, text: () => probe.text() };
}

describe('A step of the clock of the machine', () => {
  test.each(steps)('A machine that was %s at the start is not believed', async (_step, stepMs) => {
    const { state, time, offMs, text } = clocks();
    state.machineStepMs = stepMs;
    await time.compare();
    expect(offMs()).toBe(0);
    expect(time.agrees()).toBe(false);
    expect(time.steady()).toBe(false);
    expect(text()).toContain('clock.differs');
    state.passedMs += 600_000;
    await time.compare();
    expect(offMs()).toBe(0);
    expect(text().match(/clock\.differs/g)).toHaveLength(1);
    state.machineStepMs = 0;
    await time.compare();
    expect(offMs()).toBe(0);
    expect(time.agrees()).toBe(true);
    expect(text()).toContain('clock.agrees');
  });

  test.each(steps)(
    'A machine that is set %s changes nothing, before and after it is noticed',
    async (_step, stepMs) => {
      const { state, time, offMs, text } = clocks();
      await time.compare();
      expect(time.agrees()).toBe(true);
      state.passedMs += 30_000;
      state.machineStepMs = stepMs;
      expect(offMs()).toBe(0);
      // The reading itself has caused a comparison: no one waits a minute for it.
      await vi.waitFor(() => expect(text()).toContain('clock.differs'));
      expect(time.agrees()).toBe(false);
      expect(offMs()).toBe(0);
      state.passedMs += 60_000;
      await time.compare();
      expect(offMs()).toBe(0);
    },
  );

  test('A step causes one comparison a second, however often the time is read', async () => {
    const { state, time, reads } = clocks();
    await time.compare();
    state.unavailable = true;
    state.machineStepMs = dayMs;
    for (const [passedMs, expected] of [
      [1_000, 1],
      [1_001, 2],
      [2_001, 2],
      [2_002, 3],
    ] as const) {
      state.passedMs = passedMs;
      for (let times = 0; times < 10; times += 1) time.clock();
      await nextTick();
      expect(reads()).toBe(expected);
    }
    await time.stop();
  });

  test('A step of the machine changes nothing while the reference is unavailable', async () => {
    const { state, time, offMs } = clocks();
    await time.compare();
    state.unavailable = true;
    state.machineStepMs = dayMs;
    state.passedMs += 10 * 60_000;
    await expect(time.compare()).rejects.toThrow('no answer');
    expect(offMs()).toBe(0);
  });

  test('A machine that slept is right again after one comparison', async () => {
    const { state, time, offMs } = clocks();
    await time.compare();
    // While it sleeps no time passes for the process, and both clocks go on.
    state.machineStepMs = hourMs;
    state.referenceStepMs = hourMs;
    await time.compare();
    expect(offMs()).toBe(hourMs);
    expect(time.agrees()).toBe(true);
    expect(time.steady()).toBe(false);
  });
});

describe('A step of the clock of the reference', () => {
  test.each(steps)('A reference that is set %s is reported, and the service goes on', async (_step, stepMs) => {
    const { state, time, offMs, text } = clocks();
    await time.compare();
    state.passedMs += 60_000;
    state.referenceStepMs = stepMs;
    await time.compare();
    expect(offMs()).toBe(0);
    expect(time.agrees()).toBe(false);
    expect(time.steady()).toBe(false);
    expect(text()).toContain('clock.differs');
    state.passedMs += 60_000;
    state.referenceStepMs = 0;
    await time.compare();
    expect(time.agrees()).toBe(true);
    expect(time.steady()).toBe(false);
    state.passedMs += hourMs + 1;
    await time.compare();
    expect(time.steady()).toBe(true);
  });
});

test('The metric shows by how many seconds the machine is ahead of the reference, or behind it', async () => {
  const { state, time, aheadSeconds } = clocks();
  expect(await aheadSeconds()).toBeUndefined();
  for (const ms of [0, 2_500, -2_500, hourMs, -dayMs]) {
    state.machineStepMs = ms;
    await time.compare();
    expect(await aheadSeconds()).toBeCloseTo(ms / 1_000, 6);
  }
  state.machineStepMs = 0;
  state.referenceStepMs = hourMs;
  await time.compare();
  expect(await aheadSeconds()).toBe(-3_600);
  state.unavailable = true;
  await expect(time.compare()).rejects.toThrow('no answer');
  expect(await aheadSeconds()).toBe(-3_600);
});

describe('Clocks that agree', () => {
  test('Clocks that differ by ten seconds agree, and the service acts by its machine', async () => {
    const { state, time, offMs, text } = clocks();
    state.machineStepMs = 10_000;
    await time.compare();
    expect(offMs()).toBe(10_000);
    expect(time.agrees()).toBe(true);
    expect(time.steady()).toBe(true);
    expect(text()).not.toContain('clock.');
  });

  test('Nothing agrees before the first comparison, and the start does not wait for it for long', async () => {
    const { state, time, offMs } = clocks();
    state.unavailable = true;
    await time.start();
    expect(time.agrees()).toBe(false);
    expect(time.steady()).toBe(false);
    expect(offMs()).toBe(0);
    await time.stop();
  });

  test('A slow answer of the reference is no difference', () => {
    expect(clockAheadMs(1_000, 500, 1_500)).toBe(0);
    expect(clockAheadMs(2_000, 500, 1_500)).toBe(500);
    expect(clockAheadMs(200, 500, 1_500)).toBe(-300);
  });
});

test('A moment is fresh for its time, and never in the future', () => {
  const cases: [sinceMs: number, expected: boolean][] = [
    [1_000, true],
    [0, false],
    [1, true],
    [1_001, false],
    [1_000 + dayMs, false],
  ];
  for (const [sinceMs, expected] of cases) expect(isWithin(1_000, sinceMs, 1_000), String(sinceMs)).toBe(expected);
  expect(isWithin(1_000, 1_500, 1_000, 500)).toBe(true);
  expect(isWithin(1_000, 1_501, 1_000, 500)).toBe(false);
});
