// The service as it is started: from its environment alone, on two ports, with its dependencies down or up.
import { expect, inject, test } from 'vitest';
import { start } from '../../../src/services/elections/main.ts';
import { ConfigurationError } from '../../../src/platform/environment.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { createDatabases } from '../../support/database.ts';

test('The service starts from its environment alone, answers on both ports, and ends', async () => {
  await using databases = await createDatabases(['elections', 'box']);
  const keys = newKeyFiles();
  const running = await start({
    ELECTIONS_PORT: '0',
    ELECTIONS_PRIVATE_PORT: '0',
    LOG_LEVEL: 'silent',
    ELECTIONS_KEYS: JSON.stringify(keys.elections),
    PUBLIC_KEYS: JSON.stringify(keys.public),
    ELECTIONS_DATABASE_URL: databases.url('elections', 'popvote_elections'),
    ELECTIONS_BOX_DATABASE_URL: databases.url('box', 'popvote_elections'),
    // No service answers there: `elections` starts, and reports it only where the answer is needed.
    BALLOTS_ORIGIN: 'http://127.0.0.1:1',
    ACCESS_ORIGIN: 'http://127.0.0.1:1',
    ACCESS_PRIVATE_ORIGIN: 'http://127.0.0.1:1',
    CONTROL_REDIS_URL: inject('controlRedisUrls')['elections'],
    EDGE_REDIS_URL: inject('redisUrls')['elections'],
  });
  const { elections, private: privatePort } = running.addresses as { elections: string; private: string };
  try {
    const ready = await fetch(`${elections}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      {
        status: 'ready',
        checks: [
          { name: 'database', state: 'ok', required: true },
          { name: 'box', state: 'ok', required: false },
          { name: 'control-redis', state: 'ok', required: false },
          { name: 'edge-redis', state: 'ok', required: false },
          { name: 'clock', state: 'ok', required: false },
        ],
      },
    ]);
    expect(await (await fetch(`${privatePort}/metrics`)).text()).toContain('popvote_service="elections"');
    expect((await fetch(`${elections}/v1/elections`)).status).toBe(401);
    // The validity of a token is unknown, which is not the caller's fault.
    const headers = { authorization: 'Bearer eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6IngifQ.e30.AA' };
    expect((await fetch(`${elections}/v1/elections`, { headers })).status).toBe(503);
  } finally {
    await running.close();
  }
  await expect(fetch(`${elections}/livez`)).rejects.toThrow();
});

test('The service lists all faults of its environment at once, and quotes none of its values', async () => {
  const secret = 'hunter2hunter2hunter2';
  const error: unknown = await start({
    ELECTIONS_KEYS: `{"caller": "${secret}"}`,
    ELECTIONS_DATABASE_URL: `mysql://root:${secret}@host/x`,
    BALLOTS_ORIGIN: `ftp://${secret}`,
    ELECTIONS_TLS_KEY: '-----BEGIN x',
  }).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(ConfigurationError);
  const text = (error as ConfigurationError).problems.join('\n');
  for (const name of [
    'ELECTIONS_KEYS',
    'PUBLIC_KEYS',
    'ELECTIONS_DATABASE_URL',
    'ELECTIONS_BOX_DATABASE_URL',
    'BALLOTS_ORIGIN',
    'CONTROL_REDIS_URL',
    'EDGE_REDIS_URL',
  ]) {
    expect(text).toContain(name);
  }
  expect(text).not.toContain(secret);
});
