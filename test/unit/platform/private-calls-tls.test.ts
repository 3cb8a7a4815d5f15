// Mutual TLS between services over real sockets: a caller with the right certificate is served, and no one else.
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createHttp } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { newSigningJwk, publicJwk } from '../../../src/platform/keys/new-keys.ts';
import { callsTlsOf } from '../../../src/platform/private-calls/private-calls-tls.ts';
import type { CallsTls } from '../../../src/platform/private-calls/private-calls-tls.ts';
import {
  CallFailed,
  admits,
  createCallVerifier,
  createPrivateClient,
  registerCallGuard,
} from '../../../src/platform/private-calls/private-calls.ts';
import { certificate } from '../../support/certificate.ts';
import { createLogProbe } from '../../support/log.ts';

const server = certificate();
const caller = certificate();
const stranger = certificate();
const jwk = newSigningJwk('api');
const { app } = await createHttp({
  logger: createLogProbe('ballots').logger,
  metrics: createMetrics('ballots'),
  checks: [],
  version: { version: '1', node: '20' },
  shedAtLoopDelayMs: 0,
  tls: { ...server, clientCa: caller.cert },
});
registerCallGuard(app, createCallVerifier({ service: 'ballots', callers: [publicJwk(jwk)], clock: Date.now }));
app.get('/private/publications', { config: admits('api') }, () => ({ done: true }));
const origin = await app.listen({ host: '127.0.0.1', port: 0 });
afterAll(() => app.close());

async function call(tls: CallsTls): Promise<unknown> {
  const client = createPrivateClient({
    origin,
    service: 'ballots',
    clock: Date.now,
    tls,
    caller: { name: 'api', jwk },
  });
  try {
    const path = '/private/publications';
    return await client.call({ method: 'GET', path, answer: z.object({ done: z.boolean() }), msMax: 5_000 });
  } finally {
    await client.close();
  }
}

test('A caller with the admitted certificate is served', async () => {
  expect(await call({ ca: server.cert, ...caller })).toEqual({ done: true });
});

test.each([
  ['shows another certificate', { ca: server.cert, ...stranger }],
  ['does not trust the server', { ca: stranger.cert, ...caller }],
])('A caller that %s gets no answer, whatever its token says', async (_name, tls) => {
  await expect(call(tls)).rejects.toBeInstanceOf(CallFailed);
});

test('Half of the settings is rejected at the start', () => {
  expect(callsTlsOf({})).toBeUndefined();
  expect(() => callsTlsOf({ CALLS_TLS_CA: server.cert })).toThrow('configuration has 1 problem');
});
