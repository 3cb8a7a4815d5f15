// The control zone as its people meet it: on real processes, over the addresses of its APIs.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPlatform } from '../support/processes.ts';
import type { Control, Platform } from '../support/processes.ts';

let platform: Platform & { readonly control: Control };

beforeAll(async () => {
  platform = await startPlatform({ control: true });
}, 120_000);
afterAll(() => platform[Symbol.asyncDispose]());

test('somebody who logs out is out of every service with the next request, also when Redis forgets', async () => {
  const { control } = platform;
  const colleague = await control.person('administrator');
  const ask = async () =>
    Promise.all(
      [
        ['access', '/v1/users'],
        ['elections', '/v1/elections'],
        ['officials', '/v1/batches'],
      ].map(async ([service, path]) => (await colleague.call(service as 'access', 'GET', path!)).status),
    );
  expect(await ask()).toEqual([200, 200, 200]);
  const body = { refreshToken: colleague.refreshToken };
  expect((await colleague.call('access', 'POST', '/v1/logout', { body })).status).toBe(204);
  await control.redis.flushall();
  expect(await ask()).toEqual([401, 401, 401]);
}, 60_000);

test('access and what asks it may be started anew, one after the other, and go on with the same people', async () => {
  const { control } = platform;
  const auditor = await control.person('auditor');
  for (const service of ['access', 'elections', 'officials'] as const)
    await platform.restart(service, { signal: 'SIGKILL' });
  expect((await auditor.call('elections', 'GET', '/v1/elections')).status).toBe(200);
  expect((await (await auditor.logIn()).call('elections', 'GET', '/v1/elections')).status).toBe(200);
}, 120_000);
