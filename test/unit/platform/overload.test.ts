// What docs/overload.md promises of a process that gets more requests than it can serve, without any real load: what is
// shed first, and what is never shed.
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { HttpOptions } from '../../../src/platform/http/http.ts';
import { sheds } from '../../../src/platform/http/shedding.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { codeOf, sourceFiles } from '../../support/laws/source-tree.ts';
import { createLogProbe } from '../../support/log.ts';

const root = join(import.meta.dirname, '../../..');
const closes: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

async function server(changes: Partial<HttpOptions>) {
  const { app } = await createHttp({
    logger: createLogProbe('api').logger,
    metrics: createMetrics('api'),
    checks: [],
    version: { version: '1', node: '20' },
    shedAfterMs: 0,
    ...changes,
  });
  return app;
}

/** Occupies the process, in milliseconds. */
function occupy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('Voters who begin are shed first, those who have begun last, casts never, and nothing else', () => {
  const orders = sourceFiles(root).flatMap((file) =>
    [...codeOf(file).matchAll(/\.\.\.sheds\('(\w+)'\)/g)].map(([, order]) => `${file.path}: ${order ?? ''}`),
  );
  expect(orders.sort()).toEqual([
    'src/services/api/routes/activated-sessions.ts: first',
    'src/services/api/routes/ballots.ts: never',
    'src/services/api/routes/sessions.ts: first',
    'src/services/api/routes/verification.ts: last',
    'src/services/api/routes/verification.ts: last',
    'src/services/api/routes/wait.ts: last',
    'src/services/sms/routes/codes.ts: last',
    'src/services/sms/routes/notices.ts: first',
  ]);
});

test('An application that sheds nothing does not measure how late it is', async () => {
  const lateness = { of: vi.fn(() => 0), none: vi.fn(() => 0) };
  const shedding = await server({ lateness: lateness.of });
  shedding.get('/v1/first', { config: sheds('first') }, () => ({}));
  const control = await server({ lateness: lateness.none });
  control.get('/v1/control', () => ({}));
  closes.push(
    () => shedding.close(),
    () => control.close(),
  );
  await expect.poll(() => lateness.of.mock.calls.length, { timeout: 10_000 }).toBeGreaterThan(1);
  expect(lateness.none).not.toHaveBeenCalled();
});

test('Those who have begun are rejected only when the process is very late', { timeout: 40_000 }, async () => {
  const app = await server({ shedAtLoopDelayMs: 20 });
  for (const order of ['first', 'last', 'never'] as const) {
    app.post(`/v1/${order}`, { config: sheds(order) }, () => ({}));
  }
  const rejections = { first: 0, last: 0, never: 0 };
  const send = async (order: keyof typeof rejections): Promise<void> => {
    const { statusCode } = await app.inject({ method: 'POST', url: `/v1/${order}`, payload: {} });
    if (statusCode === 503) rejections[order] += 1;
  };
  const sendAll = () => Promise.all([send('first'), send('last'), send('never')]);
  const block = { ms: 100 };
  // Without a pause: a loop that waits for a processor beside other work would count as idle.
  let isOccupied = true;
  const again = (): void => {
    occupy(block.ms);
    if (isOccupied) setImmediate(again);
  };
  setImmediate(again);
  closes.push(async () => {
    isOccupied = false;
    await app.close();
  });
  const untilRejected = async (order: keyof typeof rejections): Promise<void> => {
    for (const until = performance.now() + 15_000; rejections[order] === 0 && performance.now() < until;)
      await sendAll();
  };
  await untilRejected('first');
  expect(rejections.first).toBeGreaterThan(0);
  expect(rejections.last).toBe(0);
  // Fifteen times the delay at which fewer may begin.
  block.ms = 500;
  await untilRejected('last');
  expect(rejections.last).toBeGreaterThan(0);
  expect(rejections.never).toBe(0);
});
