// Counters exist before their first event: an increase from nothing is none for Prometheus.
import { expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createCallMetrics } from '../../../../src/platform/private-calls/call-metrics.ts';
import { watchRedis } from '../../../../src/platform/redis-metrics.ts';
import type { Redis } from '../../../../src/platform/redis.ts';
import { problemCodesOf } from '../../../../src/protocol/problem.ts';
import { createCastMetrics } from '../../../../src/services/ballots/cast-metrics.ts';
import { createWorkerMetrics } from '../../../../src/services/worker/worker-metrics.ts';
import { createLogProbe } from '../../../support/log.ts';

test('Sheds of each order and reason are counted from the start', async () => {
  const metrics = createMetrics('api');
  const version = { version: '1', node: '20' };
  const { app } = await createHttp({ logger: createLogProbe('api').logger, metrics, checks: [], version });
  const text = await metrics.metrics();
  for (const order of ['first', 'last', 'never'])
    for (const reason of ['share', 'event-loop', 'queue', 'gone'])
      expect(text).toMatch(
        new RegExp(`popvote_sheds_total\\{(?=[^}]*order="${order}")[^}]*reason="${reason}"[^}]*\\} 0`),
      );
  await app.close();
});

test('Calls of a service that were answered and not answered are counted from the start', async () => {
  const metrics = createMetrics('api');
  createCallMetrics(metrics, 'ballots');
  const text = await metrics.metrics();
  for (const outcome of ['answered', 'not-sent', 'no-answer'])
    expect(text).toMatch(
      new RegExp(`private_call_seconds_count\\{(?=[^}]*callee="ballots")[^}]*outcome="${outcome}"[^}]*\\} 0`),
    );
});

test('Casts that the platform did not record are counted from the start, by the route of casts alone', async () => {
  const metrics = createMetrics('api');
  const version = { version: '1', node: '20' };
  const { app } = await createHttp({ logger: createLogProbe('api').logger, metrics, checks: [], version });
  app.post('/v1/ballots', { config: { operation: { rejections: problemCodesOf('cast') } } as object }, () => ({}));
  app.post('/v1/sessions', { config: { operation: { rejections: problemCodesOf('wait') } } as object }, () => ({}));
  const lines = (await metrics.metrics())
    .split('\n')
    .filter((line) => line.startsWith('popvote_http_rejections_total{'));
  expect(lines.sort()).toEqual([
    'popvote_http_rejections_total{code="busy",route="/v1/ballots",popvote_service="api"} 0',
    'popvote_http_rejections_total{code="outcome-unknown",route="/v1/ballots",popvote_service="api"} 0',
  ]);
  await app.close();
});

test.each([
  ['casts that were taken', createCastMetrics, 'casts_total', 'outcome', ['recorded', 'replay', 'amended']],
  [
    'lines of batches that were not stored',
    createWorkerMetrics,
    'worker_set_apart_total',
    'reason',
    ['manifest', 'election', 'chunk', 'closed', 'tries'],
  ],
] as const)(
  'The counter of %s has each value of its label from the start',
  async (_what, create, name, label, values) => {
    const metrics = createMetrics('any');
    create(metrics);
    const lines = (await metrics.metrics()).split('\n').filter((line) => line.startsWith(`popvote_${name}{`));
    expect(lines).toEqual(values.map((value) => `popvote_${name}{${label}="${value}",popvote_service="any"} 0`));
  },
);

test('Errors of each connection to Redis are counted from the start', async () => {
  const metrics = createMetrics('api');
  const connection = { status: 'wait', on: () => undefined, sendCommand: () => undefined } as unknown as Redis;
  watchRedis(metrics, { edge: connection, subscriber: connection });
  for (const name of ['edge', 'subscriber'])
    expect(await metrics.metrics()).toContain(
      `popvote_redis_errors_total{connection="${name}",popvote_service="api"} 0`,
    );
});
