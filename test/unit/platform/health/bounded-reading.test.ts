// A scrape ends within the ten seconds that Prometheus waits, also while a database hangs: else all metrics of the process are missing.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createBoundedReading, readingMsMax } from '../../../../src/platform/health/bounded-reading.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import type { Metrics } from '../../../../src/platform/metrics.ts';
import { newKeyFiles } from '../../../../src/platform/keys/new-keys.ts';
import { signingKey } from '../../../../src/platform/keys/signatures.ts';
import { createMarks } from '../../../../src/services/ballots/marks.ts';
import { registerCapacityMetrics } from '../../../../src/services/elections/monitoring/capacity.ts';
import type { Pool } from '../../../../src/store/database.ts';
import { createLogProbe } from '../../../support/log.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const scrapeMsMax = 10_000;

type Watch = (metrics: Metrics, pool: Pool) => unknown;
const watchMarks: Watch = (metrics, pool) =>
  createMarks({
    pool,
    metrics,
    key: signingKey(newKeyFiles().ballots.receipts),
    signers: new Map(),
    logger: createLogProbe('ballots').logger,
  });

test.each([
  ['ballots', watchMarks],
  ['elections', registerCapacityMetrics],
] as const)('A scrape of %s ends in time while its database hangs, and asks it once', async (service, watch) => {
  const query = vi.fn(() => new Promise<never>(() => undefined));
  const metrics = createMetrics(service);
  watch(metrics, { query } as unknown as Pool);
  for (let scrapes = 0; scrapes < 4; scrapes += 1) {
    const scrape = metrics.metrics();
    await vi.advanceTimersByTimeAsync(scrapeMsMax / 2);
    expect(await Promise.race([scrape, Promise.resolve('late')])).toContain('popvote_service');
  }
  expect(query).toHaveBeenCalledTimes(1);
});

test('A reading gives its value, nothing where it fails, and the next one where it was late', async () => {
  let answerLate = (_value: number): void => undefined;
  const late = new Promise<number>((resolve) => (answerLate = resolve));
  const reads = [() => Promise.resolve(1), () => Promise.reject(new Error('no connection')), () => late];
  const read = createBoundedReading(() => reads.shift()?.() ?? Promise.resolve(4));
  expect(await read()).toBe(1);
  expect(await read()).toBeUndefined();
  const third = read();
  await vi.advanceTimersByTimeAsync(readingMsMax);
  expect(await third).toBeUndefined();
  const again = read();
  answerLate(3);
  expect(await again).toBe(3);
  expect(await read()).toBe(4);
});
