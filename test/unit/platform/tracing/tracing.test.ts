// Traces of a service, as a collector receives them: names and links, and nothing of what was asked for.
import { createRequire } from 'node:module';
import { afterEach, expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { inEntrySpan } from '../../../../src/platform/tracing/entry-spans.ts';
import { openTracing } from '../../../../src/platform/tracing/open-tracing.ts';
import type { TracedService, Tracing } from '../../../../src/platform/tracing/span.ts';
import { traceHeaders } from '../../../../src/platform/tracing/span.ts';
import { statementName, traceStatements } from '../../../../src/platform/tracing/statement-spans.ts';
import { Problem } from '../../../../src/protocol/problem.ts';
import { createLogProbe } from '../../../support/log.ts';
import { until } from '../../../support/until.ts';
import { startTraceReceiver } from '../../../support/processes/trace-receiver.ts';
import type { ReceivedSpan } from '../../../support/processes/trace-receiver.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const loaded = (): string[] =>
  Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes('@opentelemetry/sdk-trace'));

/** The application of a service with traces, behind a proxy that it trusts. */
async function traced(service: TracedService, endpoint: string | undefined) {
  const metrics = createMetrics(service);
  const probe = createLogProbe(service);
  const { logger } = probe;
  const tracing = await openTracing(service, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, { logger, metrics });
  const health = { checks: [], version: { version: '1', node: '20' } };
  const { app } = await createHttp({ logger, metrics, tracing, trustedProxies: ['127.0.0.1'], ...health });
  app.get('/v1/things/:thingId', () => ({ headers: { ...traceHeaders(tracing, 'access') } }));
  app.post('/v1/refused', () => {
    throw new Problem('too-many-requests');
  });
  cleanups.push(() => app.close());
  return { app, tracing, metrics, log: () => probe.text() };
}

const parent = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'x-forwarded-for': '192.0.2.1' };

test('Without a collector no traces are written, and their libraries are not loaded', async () => {
  const { app, tracing } = await traced('elections', undefined);
  expect(tracing).toBeUndefined();
  expect((await app.inject({ url: '/v1/things/1', headers: parent })).json()).toEqual({ headers: {} });
  expect(loaded()).toEqual([]);
  await using receiver = await startTraceReceiver();
  await (await traced('elections', receiver.origin)).tracing?.stop();
  // The same look sees them when they are loaded.
  expect(loaded()).not.toEqual([]);
});

test('A request has a span by its route, with status and problem, and health has none', async () => {
  await using receiver = await startTraceReceiver();
  const { app, tracing, metrics } = await traced('elections', receiver.origin);
  await app.inject('/v1/things/canary-1?number=canary-2');
  await app.inject({ method: 'POST', url: '/v1/refused', body: { text: 'canary-3' } });
  await app.inject('/canary-4');
  await app.inject('/livez');
  await tracing?.stop();
  const spans = receiver.spans();
  expect(spans.map(({ name, values, parentSpanId }) => [name, values, parentSpanId])).toEqual([
    ['GET /v1/things/:thingId', of('GET', '/v1/things/:thingId', 200), ''],
    ['POST /v1/refused', { ...of('POST', '/v1/refused', 429), 'popvote.problem': 'too-many-requests' }, ''],
    ['GET unknown', { ...of('GET', 'unknown', 404), 'popvote.problem': 'not-found' }, ''],
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
  expect(receiver.text()).not.toContain('canary');
  expect(receiver.text()).toContain('popvote-elections');
  expect(await metrics.metrics()).toMatch(/popvote_trace_spans_total\{.*outcome="sent".*\} 3\n/);
});

const of = (method: string, route: string, status: number): ReceivedSpan['values'] => ({
  'http.request.method': method,
  'http.route': route,
  'http.response.status_code': status,
});

test('A trace continues from a trusted caller, and never from a browser', async () => {
  await using receiver = await startTraceReceiver();
  const elections = await traced('elections', receiver.origin);
  const panel = await traced('panel', receiver.origin);
  const { 'x-forwarded-for': _, ...direct } = parent;
  const answer = await elections.app.inject({ url: '/v1/things/1', headers: parent });
  await elections.app.inject({ url: '/v1/things/2', headers: direct });
  await elections.app.inject({ url: '/v1/things/3', headers: { ...parent, traceparent: 'canary' } });
  await panel.app.inject({ url: '/v1/things/4', headers: parent });
  for (const { tracing } of [elections, panel]) await tracing?.stop();
  const [first, ...others] = receiver.spans();
  expect([first?.traceId, first?.parentSpanId]).toEqual(['a'.repeat(32), 'b'.repeat(16)]);
  expect(answer.json()).toEqual({ headers: { traceparent: `00-${first?.traceId}-${first?.spanId}-01` } });
  expect(others.map(({ parentSpanId }) => parentSpanId)).toEqual(['', '', '']);
});

test('A statement has a span by its function within a request, and none outside of one', async () => {
  await using receiver = await startTraceReceiver();
  const { app, tracing } = await traced('access', receiver.origin);
  const pool = {
    query: async (_text: string, values: readonly unknown[]) => {
      await Promise.resolve();
      if (values[0] === 'canary-2') throw Object.assign(new Error('canary-3'), { code: '23505' });
      return { rows: [] };
    },
    on: () => undefined,
  };
  traceStatements(tracing, [pool]);
  app.post('/v1/users', async () => {
    await pool.query('select * from pv.find_user($1)', ['canary-1']);
    return pool.query('select pv.add_user($1)', ['canary-2']).catch(() => ({}));
  });
  await pool.query('select 1', []);
  const body = { text: 'canary-4' };
  expect((await app.inject({ method: 'POST', url: '/v1/users', body })).statusCode).toBe(200);
  await tracing?.stop();
  const [search, addition, request] = receiver.spans();
  expect(receiver.spans()).toHaveLength(3);
  expect(request?.name).toBe('POST /v1/users');
  expect([search, addition].map((span) => [span?.name, span?.failed, span?.parentSpanId])).toEqual([
    ['pv.find_user', false, request?.spanId],
    ['pv.add_user', true, request?.spanId],
  ]);
  expect(addition?.values).toEqual({ 'db.operation.name': 'pv.add_user', 'db.response.status_code': '23505' });
  expect(receiver.text()).not.toContain('canary');
});

test('A statement is named by its function, or by its first word', () => {
  expect(statementName({ text: 'select outcome from pv.close_election($1)', values: ['x'] })).toBe('pv.close_election');
  expect(statementName(' begin read only')).toBe('begin');
  expect(statementName({ submit: () => undefined })).toBe('statement');
});

test('An entry of a queue has a trace of its own, and calls to the voters’ zone carry none', async () => {
  await using receiver = await startTraceReceiver();
  const { tracing } = await traced('worker', receiver.origin);
  const headers = (tracing: Tracing | undefined) =>
    (['access', 'ballots', 'api', 'sms', 'mixer', 'log'] as const).map((callee) => traceHeaders(tracing, callee));
  const within = await inEntrySpan(tracing, 'check', () => Promise.resolve(headers(tracing)));
  expect(within).toEqual([
    { traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) as string },
    {},
    {},
    {},
    {},
    {},
  ]);
  expect(headers(tracing)).toEqual([{}, {}, {}, {}, {}, {}]);
  await expect(inEntrySpan(tracing, 'register', () => Promise.reject(new Error('canary')))).rejects.toThrow();
  await tracing?.stop();
  expect(receiver.spans().map(({ name, failed }) => [name, failed])).toEqual([
    ['queue check', false],
    ['queue register', true],
  ]);
  expect(receiver.text()).not.toContain('canary');
});

test('Spans are sent while the service runs', async () => {
  await using receiver = await startTraceReceiver();
  const { app, tracing } = await traced('access', receiver.origin);
  cleanups.push(() => tracing?.stop());
  await app.inject('/v1/things/1');
  await until(() => receiver.spans().length === 1, 'the span');
});

test('Spans beyond the most that wait are dropped and counted', async () => {
  const { spansWaitingMax } = await import('../../../../src/platform/tracing/export-traces.ts');
  await using receiver = await startTraceReceiver();
  const { tracing, metrics } = await traced('worker', receiver.origin);
  for (let count = 0; count < 3 * spansWaitingMax; count += 1)
    tracing?.begin('queue check', 'consumer', {}).end({}, false);
  await tracing?.stop();
  const spansTotal = receiver.spans().length;
  expect(spansTotal).toBeGreaterThanOrEqual(spansWaitingMax);
  // One message is on its way already.
  expect(spansTotal).toBeLessThan(2 * spansWaitingMax);
  const counts = await metrics.metrics();
  const countOf = (outcome: string): number =>
    Number(new RegExp(`outcome="${outcome}".*\\} (\\d+)\n`).exec(counts)?.[1]);
  const dropped = countOf('dropped');
  expect(dropped).toBeGreaterThan(spansWaitingMax);
  expect(countOf('sent') + countOf('lost')).toBe(3 * spansWaitingMax - dropped);
});

test('A collector that is down or silent delays no request, is logged once, and the end is bounded', async () => {
  await using silent = await startTraceReceiver(false);
  for (const endpoint of ['http://127.0.0.1:9', silent.origin]) {
    const { app, tracing, metrics, log } = await traced('officials', endpoint);
    const startedMs = performance.now();
    for (let count = 0; count < 600; count += 1) await app.inject('/v1/things/1');
    await tracing?.stop();
    expect(performance.now() - startedMs).toBeLessThan(12_000);
    expect(await metrics.metrics()).toMatch(/popvote_trace_spans_total\{.*outcome="sent".*\} 0\n/);
    expect(log().match(/traces\.not-sent/g)).toHaveLength(1);
  }
});
