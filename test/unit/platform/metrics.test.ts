// Metrics name routes and outcomes, never what was asked for.
import { afterAll, expect, test } from 'vitest';
import { createHttp } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { registerMetricsRoute } from '../../../src/platform/http/private-port.ts';
import { createLogProbe } from '../../support/log.ts';

const metrics = createMetrics('api');
const parts = { logger: createLogProbe('api').logger, metrics, checks: [], version: { version: '1', node: '20' } };
const { app } = await createHttp(parts);
app.get('/v1/elections/:electionId', () => ({ ok: true }));
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
    /popvote_http_request_seconds_count\{(?=[^}]*route="\/v1\/elections\/:electionId")(?=[^}]*status="200")(?=[^}]*service="api")[^}]*\} 2\n/,
  );
  expect(body).toMatch(/popvote_http_request_seconds_count\{(?=[^}]*route="unknown")(?=[^}]*status="404")[^}]*\} 1\n/);
  expect(body).toMatch(/popvote_http_request_seconds_count\{(?=[^}]*route="\/livez")[^}]*\} 1\n/);
  expect(body).toContain('process_cpu_seconds_total');
  expect(body).not.toContain('canary');
});

test('The public port has no metrics', async () => {
  expect((await app.inject('/metrics')).statusCode).toBe(404);
});
