// A process that cannot keep up sheds other work and takes every webhook: a provider may send a text once only.
import { expect, test } from 'vitest';
import { createHttp } from '../../../../src/platform/http/http.ts';
import { sheds } from '../../../../src/platform/http/shedding.ts';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createSmsMetrics } from '../../../../src/services/sms/sms-metrics.ts';
import { webhookRoutes } from '../../../../src/services/sms/routes/webhooks.ts';
import { createLogProbe } from '../../../support/log.ts';

test('A webhook is never shed, however late the event loop is', { timeout: 30_000 }, async () => {
  const metrics = createMetrics('sms');
  const { logger } = createLogProbe('sms');
  const version = { version: '0', node: '0' };
  const { app } = await createHttp({ logger, metrics, checks: [], version, shedAtLoopDelayMs: 20, shedAfterMs: 0 });
  app.get('/v1/other', { config: sheds('first') }, () => ({ ok: true }));
  const received: string[] = [];
  const text = { from: '+85261234567', to: '+85255550123', body: '12345678', messageId: 'one' };
  const inbound = {
    number: '+85255550123',
    acknowledgement: { contentType: 'application/json', body: '{}' },
    read: () => ({ outcome: 'texts', texts: [text] }) as const,
  };
  await app.register(webhookRoutes, {
    providers: [{ name: 'gateway', inbound }],
    metrics: createSmsMetrics(metrics),
    receive: (_provider, { body }) => Promise.resolve(void received.push(body)),
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const statusOf = async (path: string, method: string): Promise<number> => {
    const response = await fetch(address + path, { method });
    await response.arrayBuffer();
    return response.status;
  };
  let isOccupied = true;
  const occupy = (): void => {
    const end = performance.now() + 120;
    while (performance.now() < end);
    if (isOccupied) setImmediate(occupy);
  };
  setImmediate(occupy);
  try {
    await expect.poll(() => statusOf('/v1/other', 'GET'), { timeout: 15_000 }).toBe(503);
    for (let n = 0; n < 5; n += 1) expect(await statusOf('/webhooks/gateway', 'POST')).toBe(200);
    expect(received.length).toBe(5);
  } finally {
    isOccupied = false;
    await app.close();
  }
});
