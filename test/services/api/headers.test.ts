// The headers of each kind of answer that restrict what a browser does with it: few for data, all for pages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../../src/platform/http/http.ts';
import { answerHeaders } from '../../../src/platform/http/security-headers.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { bearer, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';
import { createLogProbe } from '../../support/log.ts';

let api: Fixture;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api[Symbol.asyncDispose]());

const restricting = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
];
const restrictionsOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries(restricting.flatMap((name) => (headers.has(name) ? [[name, headers.get(name) ?? '']] : [])));
const ofData = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};
const ofPages = {
  'content-security-policy': expect.stringMatching(
    /^default-src 'none'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  ) as string,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

describe('The headers of an answer', () => {
  test.each([
    ['GET', '/v1/elections', 200],
    ['GET', '/openapi.json', 200],
    ['GET', '/livez', 200],
    ['POST', '/v1/sessions', 400],
    ['POST', '/v1/ballots', 401],
    ['GET', '/nothing', 404],
    ['DELETE', '/v1/elections', 405],
    ['OPTIONS', '/v1/elections', 204],
  ])('%s %s is data with the status %i', async (method, path, status) => {
    const answer = await fetch(api.origin + path, { method });
    expect([answer.status, restrictionsOf(answer.headers)]).toEqual([status, ofData]);
  });

  test('An answer that was held is data, as JSON and as events, and has one id', async () => {
    const { token } = await api.session();
    for (const accept of ['application/json', 'text/event-stream']) {
      const headers = { ...bearer(token), accept };
      const answer = await fetch(`${api.origin}/v1/sessions/current?wait=1`, { headers });
      await answer.text();
      expect([answer.status, restrictionsOf(answer.headers)]).toEqual([200, ofData]);
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test.each([
    ['/', 200],
    ['/docs', 200],
    ['/check', 200],
    ['/archive', 200],
    ['/results/nothing', 404],
    ['/trust/nothing', 404],
    ['/assets/nothing.js', 404],
  ])('%s is a page with the status %i', async (path, status) => {
    const answer = await fetch(api.origin + path);
    expect([answer.status, restrictionsOf(answer.headers)]).toEqual([status, ofPages]);
  });

  test('A process that serves TLS says so in every answer', async () => {
    const { logger } = createLogProbe('api');
    const headers = answerHeaders({ tls: true });
    const version = { version: '1', node: '20' };
    const { app } = await createHttp({ logger, metrics: createMetrics('api'), checks: [], version, headers });
    const answer = await app.inject('/nothing');
    expect(answer.headers).toMatchObject({ ...ofData, 'strict-transport-security': 'max-age=31536000' });
    await app.close();
  });
});
