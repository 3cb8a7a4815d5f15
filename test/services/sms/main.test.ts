// The service as an operator starts it: from an environment to two ports, and down again.
import { expect, inject, test } from 'vitest';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { start } from '../../../src/services/sms/main.ts';
import { newPhone, simulatorNumber } from '../../support/services/sms.ts';

const keys = newKeyFiles();
const environment = (): Record<string, string> => ({
  SMS_PORT: '0',
  SMS_PRIVATE_PORT: '0',
  SMS_KEYS: JSON.stringify(keys.sms),
  PUBLIC_KEYS: JSON.stringify(keys.public),
  EDGE_REDIS_URL: inject('redisUrls')['sms']!,
  SMS_PROVIDERS: JSON.stringify([{ kind: 'simulator', number: simulatorNumber }]),
  POPVOTE_MODE: 'rehearsal',
  LOG_LEVEL: 'silent',
});

test('The service starts, serves both ports, reports its health and metrics, and ends', async () => {
  const running = await start(environment());
  const { public: publicUrl, private: privateUrl } = running.addresses;
  expect((await fetch(`${publicUrl!}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${privateUrl!}/metrics`)).text()).toContain('popvote_sms_breaker_open');
  expect((await fetch(`${publicUrl!}/metrics`)).status).toBe(404);
  const answer = await fetch(`${publicUrl!}/simulator/texts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from: newPhone(), to: simulatorNumber, body: '48291375' }),
  });
  expect(answer.status).toBe(202);
  await running.close();
  await expect(fetch(`${publicUrl!}/livez`)).rejects.toThrow();
});

test('The service starts without Redis and is not ready', async () => {
  const running = await start({ ...environment(), EDGE_REDIS_URL: 'redis://sms:x@127.0.0.1:1' });
  expect((await fetch(`${running.addresses['public']!}/readyz`)).status).toBe(503);
  await running.close();
});

test('The simulator prevents a start in production', async () => {
  await expect(start({ ...environment(), POPVOTE_MODE: 'production' })).rejects.toMatchObject({
    problems: [expect.stringContaining('the simulator is not allowed in production')],
  });
});
