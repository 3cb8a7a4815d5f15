// A call of a page: what it makes of a rejection with a time to come back.
import { afterEach, expect, test, vi } from 'vitest';
import { call } from '../../../../src/pages/shared/calls.ts';

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['5', 5_000],
  ['60', 60_000],
  ['61', 60_000],
  ['86400', 60_000],
])('After a rejection with Retry-After %s the page waits %i milliseconds before the same call', async (seconds, ms) => {
  const body = JSON.stringify({ code: 'busy', recorded: 'no', retry: 'same-bytes' });
  vi.stubGlobal('fetch', () =>
    Promise.resolve(new Response(body, { status: 503, headers: { 'retry-after': seconds } })),
  );
  expect(await call('GET', '/v1/elections')).toMatchObject({
    kind: 'rejection',
    rejection: { retryAfterMs: ms, retryAfterSeconds: Number(seconds) },
  });
});
