// The service as it is started: from an environment alone, every fault of which is reported at once.
import { inject } from 'vitest';
import { expect, test } from 'vitest';
import { start } from '../../../src/services/api/main.ts';
import { ConfigurationError } from '../../../src/platform/environment.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';

const keys = newKeyFiles();
const environment = () => ({
  API_PORT: '0',
  API_PRIVATE_PORT: '0',
  LOG_LEVEL: 'silent',
  API_KEYS: JSON.stringify(keys.api),
  PUBLIC_KEYS: JSON.stringify(keys.public),
  EDGE_REDIS_URL: inject('redisUrls')['api'] ?? '',
});

test('The service starts from its environment, serves health and metrics, and ends', async () => {
  const running = await start(environment());
  const { api = '', private: operators = '' } = running.addresses;
  expect(await (await fetch(`${api}/livez`)).json()).toMatchObject({ status: 'ok' });
  expect(await (await fetch(`${api}/version`)).json()).toMatchObject({ version: expect.any(String) as string });
  // No service behind it and nothing published: it reports that it is not ready for traffic.
  expect((await fetch(`${api}/readyz`)).status).toBe(503);
  // The absence of an election is not reported either, because the list is not loaded yet.
  for (const path of ['/v1/elections', '/v1/elections/rehearsal']) {
    const unknown = await fetch(api + path);
    expect(unknown.status).toBe(503);
    expect(await unknown.json()).toMatchObject({ code: 'busy' });
  }
  expect((await fetch(`${api}/metrics`)).status).toBe(404);
  expect(await (await fetch(`${operators}/metrics`)).text()).toContain('popvote_waiters');
  await running.close();
  await expect(fetch(`${api}/livez`)).rejects.toThrow();
});

test('The service reports every fault of its environment at once, and no value', async () => {
  const wrong = {
    API_KEYS: '{"tokens":"hush"}',
    API_PORT: '99999',
    EDGE_REDIS_URL: 'http://hush',
    PHONE_REGION: 'xyz',
  };
  const failure = await start(wrong).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigurationError);
  const { problems } = failure as ConfigurationError;
  for (const name of ['API_KEYS', 'PUBLIC_KEYS', 'API_PORT', 'EDGE_REDIS_URL', 'PHONE_REGION']) {
    expect(problems.some((problem) => problem.startsWith(name))).toBe(true);
  }
  expect(problems.join()).not.toContain('hush');
});

test('The service refuses half of a TLS configuration', async () => {
  await expect(start({ ...environment(), API_TLS_KEY: 'x' })).rejects.toBeInstanceOf(ConfigurationError);
});
