// Health: alive while the process answers, ready while its dependencies do, and never a hint at those dependencies.
import { afterEach, expect, test } from 'vitest';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { HttpOptions } from '../../../src/platform/http/http.ts';
import type { HealthCheck } from '../../../src/platform/health/health.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { createLogProbe } from '../../support/log.ts';

const closes: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

async function healthOf(checks: readonly HealthCheck[], time?: HttpOptions['time']) {
  const { app, lifecycle } = await createHttp({
    logger: createLogProbe('api').logger,
    metrics: createMetrics('api'),
    checks,
    time,
    version: { version: '1.2.3', node: 'v20' },
  });
  closes.push(() => app.close());
  return { app, lifecycle };
}

const ok: HealthCheck = { name: 'redis', required: true, check: () => Promise.resolve(true) };

test('A service whose needs are met is ready', async () => {
  const { app } = await healthOf([ok]);
  const ready = await app.inject('/readyz');
  expect(ready.statusCode).toBe(200);
  expect(ready.headers['cache-control']).toBe('no-store');
  expect(ready.json()).toEqual({ status: 'ready', checks: [{ name: 'redis', state: 'ok', required: true }] });
  const alive = await app.inject('/livez');
  expect([alive.statusCode, alive.json()]).toMatchObject([200, { status: 'ok' }]);
  expect((await app.inject('/version')).json()).toEqual({ version: '1.2.3', node: 'v20' });
});

test.each([
  ['says no', () => Promise.resolve(false)],
  ['fails', () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:5432'))],
  [
    'fails before it waits',
    () => {
      throw new Error('10.1.2.3');
    },
  ],
] as [string, HealthCheck['check']][])('A service is alive but not ready while a need %s', async (_name, check) => {
  const { app } = await healthOf([ok, { name: 'database', required: true, check }]);
  const ready = await app.inject('/readyz');
  expect(ready.statusCode).toBe(503);
  expect(Number(ready.headers['retry-after'])).toBeGreaterThan(0);
  expect(ready.json()).toMatchObject({ status: 'not-ready', checks: [{ state: 'ok' }, { state: 'failed' }] });
  expect(ready.body).not.toContain('10.1.2.3');
  expect((await app.inject('/livez')).statusCode).toBe(200);
});

test('An optional need is reported, and does not stop traffic', async () => {
  const { app } = await healthOf([{ name: 'redis', required: false, check: () => Promise.resolve(false) }]);
  const ready = await app.inject('/readyz');
  expect(ready.statusCode).toBe(200);
  expect(ready.json()).toMatchObject({ status: 'ready', checks: [{ state: 'failed', required: false }] });
});

test('A need that never answers is a need that failed, within two seconds', async () => {
  const { app } = await healthOf([{ name: 'database', required: true, check: () => new Promise(() => undefined) }]);
  const started = performance.now();
  expect((await app.inject('/readyz')).statusCode).toBe(503);
  expect(performance.now() - started).toBeLessThan(2_000);
});

test('A service that drains is alive, not ready, and says so', async () => {
  const { app, lifecycle } = await healthOf([ok]);
  lifecycle.phase = 'draining';
  const ready = await app.inject('/readyz?from=balancer');
  expect([ready.statusCode, ready.json<{ status: string }>().status]).toEqual([503, 'draining']);
  expect((await app.inject('/livez')).statusCode).toBe(200);
});

test('A service whose clock differs says so, tells the time by which it acts, and takes traffic', async () => {
  const atMs = Date.UTC(2026, 0, 1);
  const clocks = { agree: false };
  const { app } = await healthOf([ok], { clock: () => atMs, agrees: () => clocks.agree });
  const check = { name: 'clock', required: false };
  const ready = await app.inject('/readyz');
  expect(ready.statusCode).toBe(200);
  expect(ready.json()).toMatchObject({ status: 'ready', checks: [{}, { ...check, state: 'failed' }] });
  clocks.agree = true;
  expect((await app.inject('/readyz')).json()).toMatchObject({ checks: [{}, { ...check, state: 'ok' }] });
  expect((await app.inject('/livez')).json()).toEqual({ status: 'ok', at: '2026-01-01T00:00:00.000Z' });
});
