// Attacker: controls the control Redis, and has the access token of an official whose session has ended. Wants to change
// something with it.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSessionStatusLookup } from '../../src/platform/session-status.ts';
import { createPrivateClient } from '../../src/platform/private-calls/private-calls.ts';
import type { Redis } from '../../src/platform/redis.ts';
import { createLogProbe } from '../support/log.ts';
import { startAccess } from '../support/services/access.ts';

/** A Redis that calls every session active: its mark is always a new one, and no session is listed as ended. */
const lyingRedis = (): Redis => {
  const lies = { on: () => lies, mget: () => Promise.resolve([randomUUID(), null]) };
  return lies as unknown as Redis;
};

test('A Redis that lies keeps no ended session alive for a change', async () => {
  await using access = await startAccess();
  const admin = await access.administrator();
  const official = await access.person('official', admin);
  const { body } = await access.call('GET', '/v1/account', { token: official.tokens.accessToken });
  const { sessionId } = body as { sessionId: string };
  const address = await access.privateApp.listen({ host: '127.0.0.1', port: 0 });
  const caller = { name: 'elections', jwk: access.keys.elections.caller } as const;
  const client = createPrivateClient({ origin: address, service: 'access', caller, clock: Date.now });
  const { logger } = createLogProbe('test');
  const lookUp = createSessionStatusLookup({ redis: lyingRedis(), access: client, logger });
  // The first answer makes this Redis trusted.
  expect(await lookUp(sessionId)).toBe('active');
  expect(await lookUp(sessionId, 'change')).toBe('active');
  await access.call('DELETE', '/v1/sessions', { token: official.tokens.accessToken });
  expect(await lookUp(sessionId, 'change')).toBe('ended');
  // What the same Redis can do: let the session read until its token expires.
  expect(await lookUp(sessionId)).toBe('active');
  await access.privateApp.close();
  expect(await lookUp(sessionId, 'change')).toBe('unknown');
  await client.close();
});
