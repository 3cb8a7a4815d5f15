// What is noted of a request once it is answered, by the framework or later: one line with its id, and one count.
import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import type { App } from '../../../../src/platform/http/http.ts';
import { noteRejection } from '../../../../src/platform/http/rejections.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createLogProbe } from '../../../support/log.ts';

const apps: App[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

/** A server whose route `/held` keeps each answer for the test. */
async function server(level = 'debug') {
  const probe = createLogProbe('api', level);
  const metrics = createMetrics('api');
  const version = { version: '1', node: '20' };
  const { app, holdAnswer } = await createHttp({ logger: probe.logger, metrics, checks: [], version });
  apps.push(app);
  const responses: ServerResponse[] = [];
  app.get('/held', (request, reply) => {
    responses.push(holdAnswer(request, reply));
  });
  app.get('/faulty', () => {
    throw new Error('a bug');
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  const countOf = async (name: string, labels: string): Promise<number> => {
    const line = new RegExp(`^${name}\\{[^}]*${labels}[^}]*\\} (\\S+)$`, 'm').exec(await metrics.metrics());
    return Number(line?.[1] ?? 0);
  };
  const lines = (): Record<string, unknown>[] =>
    probe
      .text()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { app, origin, responses, countOf, lines };
}

const requests = 'popvote_http_request_seconds_count';

test('Every line of a request has the id that its answer has', async () => {
  const { origin, lines } = await server();
  const first = await fetch(`${origin}/faulty`);
  const second = await fetch(`${origin}/faulty`);
  for (const answer of [first, second]) {
    const own = lines().filter(({ requestId }) => requestId === answer.headers.get('x-request-id'));
    expect(own.map(({ msg }) => msg)).toEqual(['request.failed', 'request']);
    expect(own[1]).toMatchObject({ level: 'warn', method: 'GET', route: '/faulty', status: 500 });
  }
});

test('An answer that is held is noted once, when it ends, with the time that it was held', async () => {
  const { app, origin, responses, countOf, lines } = await server();
  const answering = fetch(`${origin}/held`);
  await expect.poll(() => responses.length).toBe(1);
  const [response] = responses;
  const { req } = response!;
  expect([req.headers, req.rawHeaders]).toEqual([{}, []]);
  // A listener of the framework would keep its request and reply, and count the answer again.
  const names = response!.listeners('finish').map(({ name }) => name);
  expect(names.filter((name) => !name.startsWith('bound '))).toHaveLength(1);
  expect(names).not.toContain('onResFinished');
  expect(await countOf(requests, 'route="/held"')).toBe(0);
  response!.writeHead(200, { 'content-length': 2 }).end('{}');
  expect(await (await answering).text()).toBe('{}');
  await app.close();
  expect(await countOf(requests, 'method="GET",status="200"')).toBe(1);
  const [line, ...others] = lines().filter(({ route }) => route === '/held');
  expect([line, others]).toMatchObject([{ msg: 'request', method: 'GET', status: 200 }, []]);
  expect(line?.['requestId']).toMatch(/^[0-9a-f-]{36}$/);
});

test('A rejection of an answer that was held is counted by its code and route', async () => {
  const { origin, responses, countOf } = await server('info');
  const answering = fetch(`${origin}/held`);
  await expect.poll(() => responses.length).toBe(1);
  noteRejection(responses[0]!, 'busy');
  responses[0]!.writeHead(503, { 'content-length': 0 }).end();
  expect((await answering).status).toBe(503);
  await expect.poll(() => countOf('popvote_http_rejections_total', 'code="busy",route="/held"')).toBe(1);
});
