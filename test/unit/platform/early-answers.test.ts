// A request that is rejected while its body is still being sent: the client reads the answer, and never a reset
// connection. Each kind of client over plain sockets and over TLS.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import type { ProcessLifecycle } from '../../../src/platform/health/lifecycle.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import { certificate } from '../../support/certificate.ts';
import { createLogProbe } from '../../support/log.ts';
import { readsAtTheEnd, sendingClients } from '../../support/sending-clients.ts';

test('A client that sends more than the limit after its answer is cut off', async () => {
  const { logger } = createLogProbe('early');
  const version = { version: '1', node: '20' };
  const metrics = createMetrics('early');
  const { app } = await createHttp({ logger, metrics, checks: [], version, restBytesMax: 1_048_576 });
  app.post('/413', () => 'never');
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    await expect(readsAtTheEnd(false)(origin, '/413', 'application/json')).rejects.toThrow(/EPIPE|ECONNRESET/);
  } finally {
    await app.close();
  }
});

describe.each(['plain', 'TLS'] as const)('An early answer over a %s connection', (kind) => {
  let app: App;
  let lifecycle: ProcessLifecycle;
  let origin: string;
  beforeAll(async () => {
    const { logger } = createLogProbe('early');
    const version = { version: '1', node: '20' };
    const tls = kind === 'TLS' ? certificate() : undefined;
    ({ app, lifecycle } = await createHttp({ logger, metrics: createMetrics('early'), checks: [], version, tls }));
    const reject = (code: 'unauthenticated' | 'role-not-allowed' | 'busy') => ({
      onRequest: () => {
        throw new Problem(code);
      },
    });
    app.post('/401', reject('unauthenticated'), () => 'never');
    app.post('/403', reject('role-not-allowed'), () => 'never');
    app.post('/503', reject('busy'), () => 'never');
    app.post('/413', () => 'never');
    app.post('/415', () => 'never');
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => app.close());

  describe.each(sendingClients)('Answers to a client %s', (_name, send) => {
    test.each([401, 403, 413, 415, 503])('The status %i is read although the body is not', async (status) => {
      const type = status === 415 ? 'application/x-other' : 'application/json';
      expect(await send(origin, `/${status}`, type)).toBe(status);
    });
    test('The answer of a process that drains is read', async () => {
      lifecycle.phase = 'draining';
      try {
        expect(await send(origin, '/413', 'application/json')).toBe(413);
      } finally {
        lifecycle.phase = 'serving';
      }
    });
  });
});
