// The control zone as its people meet it: on real processes, over the addresses of its APIs.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPlatform } from '../support/processes.ts';
import type { Control, Platform } from '../support/processes.ts';

let platform: Platform & { readonly control: Control };

beforeAll(async () => {
  platform = await startPlatform({ control: true });
}, 60_000);
afterAll(() => platform[Symbol.asyncDispose]());

test('somebody who logs out is out of every service with the next request, also when Redis forgets', async () => {
  const { control } = platform;
  const colleague = await control.person('administrator');
  const ask = () => colleague.call('access', 'GET', '/v1/users');
  expect((await ask()).status).toBe(200);
  expect(
    (await colleague.call('access', 'POST', '/v1/logout', { body: { refreshToken: colleague.refreshToken } })).status,
  ).toBeLessThan(300);
  await control.redis.flushall();
  expect((await ask()).status).toBe(401);
});
