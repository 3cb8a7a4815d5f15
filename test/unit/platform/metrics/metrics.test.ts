// Metrics name routes and outcomes, never what was asked for.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { registerMetricsRoute } from '../../../../src/platform/http/private-port.ts';
import { Problem } from '../../../../src/protocol/problem.ts';
import { LongPollResponse } from '../../../../src/services/api/waiting/long-poll-response.ts';
import { createLogProbe } from '../../../support/log.ts';

const metrics = createMetrics('api');
const parts = { logger: createLogProbe('api').logger, metrics, checks: [], version: { version: '1', node: '20' } };
const { app } = await createHttp(parts);
app.get('/v1/elections/:electionId', () => ({ ok: true }));
app.get('/v1/refused/:thingId', () => {
  throw new Problem('too-many-requests');
});
app.get('/v1/down', () => {
  throw new Error('timeout exceeded when trying to connect');
});
app.get('/v1/held', (_request, reply) => {
  reply.hijack();
  new LongPollResponse(reply.raw, {}, 'id', 'json').reject('busy', 1);
});
// The public and the private port of one service count into one registry.
const { app: operators } = await createHttp(parts);
registerMetricsRoute(operators, metrics);
afterAll(() => Promise.all([app.close(), operators.close()]));

test('Requests are counted by route, method and status, for both ports of a service', async () => {
  await app.inject('/v1/elections/canary-1?number=canary-2');
  await app.inject('/v1/elections/canary-3');
  await app.inject('/canary-4');
  await operators.inject('/livez');
  const { body, headers, statusCode } = await operators.inject('/metrics');
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(body).toMatch(
    /popvote_http_request_seconds_count\{(?=[^}]*route="\/v1\/elections\/:electionId")(?=[^}]*status="200")(?=[^}]*popvote_service="api")[^}]*\} 2\n/,
  );
  expect(body).toMatch(/popvote_http_request_seconds_count\{(?=[^}]*route="unknown")(?=[^}]*status="404")[^}]*\} 1\n/);
  expect(body).toMatch(/popvote_http_request_seconds_count\{(?=[^}]*route="\/livez")[^}]*\} 1\n/);
  expect(body).toContain('process_cpu_seconds_total');
  expect(body).not.toContain('canary');
});

const rejectionsOf = async (): Promise<Record<string, number>> => {
  const { body } = await operators.inject('/metrics');
  const lines = body.matchAll(/^popvote_http_rejections_total\{([^}]*)\} (\d+)$/gm);
  return Object.fromEntries(
    [...lines].map(([, labels = '', count]) => {
      const valueOf = (label: string): string => new RegExp(`${label}="([^"]*)"`).exec(labels)?.[1] ?? '';
      return [`${valueOf('code')} ${valueOf('route')}`, Number(count)];
    }),
  );
};

test('Rejections are counted by the code of the problem and the route, however the answer is written', async () => {
  const before = await rejectionsOf();
  await app.inject('/v1/refused/canary-1');
  await app.inject('/v1/refused/canary-2');
  await app.inject('/v1/down');
  await app.inject('/v1/held');
  await app.inject('/canary-3');
  await app.inject('/v1/elections/%');
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect(Number(new URL(address).port), '127.0.0.1', () => socket.write('canary-4\r\n\r\n'));
  await once(socket.resume(), 'close');
  const after = await rejectionsOf();
  const added = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]);
  expect(Object.fromEntries(added.filter(([, count]) => count !== 0))).toEqual({
    'too-many-requests /v1/refused/:thingId': 2,
    'busy /v1/down': 1,
    'busy /v1/held': 1,
    'not-found unknown': 1,
    'invalid-request connection': 2,
  });
});

test('A connection above the most that a server may have is counted as rejected', async () => {
  const { app: small } = await createHttp({ ...parts, connectionsMax: 1 });
  try {
    const port = Number(new URL(await small.listen({ host: '127.0.0.1', port: 0 })).port);
    const first = connect(port, '127.0.0.1');
    await once(first, 'connect');
    await once(connect(port, '127.0.0.1').resume(), 'close');
    expect((await rejectionsOf())['busy connection']).toBe(1);
    first.destroy();
  } finally {
    await small.close();
  }
});

test('The public port has no metrics', async () => {
  expect((await app.inject('/metrics')).statusCode).toBe(404);
});
