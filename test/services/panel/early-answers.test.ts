// An upload through the panel that a control API rejects before it was sent: the client of the panel reads the answer.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHttp } from '../../../src/platform/http/http.ts';
import type { App } from '../../../src/platform/http/http.ts';
import { createMetrics } from '../../../src/platform/metrics.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import { createLogProbe } from '../../support/log.ts';
import { sendingClients } from '../../support/sending-clients.ts';
import { startPanel } from '../../support/services/panel.ts';
import type { Panel } from '../../support/services/panel.ts';

let api: App;
let panel: Panel;
beforeAll(async () => {
  const { logger } = createLogProbe('officials');
  const version = { version: '1', node: '20' };
  ({ app: api } = await createHttp({ logger, metrics: createMetrics('officials'), checks: [], version }));
  const reject = (code: 'unauthenticated' | 'role-not-allowed' | 'busy') => ({
    onRequest: () => {
      throw new Problem(code);
    },
  });
  api.post('/401', reject('unauthenticated'), () => 'never');
  api.post('/403', reject('role-not-allowed'), () => 'never');
  api.post('/503', reject('busy'), () => 'never');
  api.post('/413', () => 'never');
  api.post('/415', () => 'never');
  const origin = await api.listen({ host: '127.0.0.1', port: 0 });
  panel = await startPanel({ access: origin, elections: origin, officials: origin });
});
afterAll(async () => {
  await panel[Symbol.asyncDispose]();
  await api.close();
});

describe.each(sendingClients)('An early answer through the panel to a client %s', (_name, send) => {
  test.each([401, 403, 413, 415, 503])('The status %i of the service is read', async (status) => {
    const type = status === 415 ? 'application/x-other' : 'application/json';
    expect(await send(panel.origin, `/api/officials/${status}`, type)).toBe(status);
  });
  test('The rejection by the panel itself is read', async () => {
    expect(await send(panel.origin, '/api/unknown', 'application/x-other')).toBe(404);
  });
});
