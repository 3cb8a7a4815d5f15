// A proxy that is missing from the trusted ones is reported by what requests carry, and no address of a client is.
import fastify from 'fastify';
import { expect, test } from 'vitest';
import { createForwardingWatch } from '../../../src/platform/http/forwarding-watch.ts';

const proxy = '10.0.0.7';
async function findingAfter(
  requests: readonly { readonly from: string; readonly forwardedFor?: string }[],
  trusted: readonly string[] = [],
) {
  const watch = createForwardingWatch('api', 'API_TRUSTED_PROXIES');
  const app = fastify({ trustProxy: trusted.length > 0 ? [...trusted] : false });
  watch.register(app);
  app.get('/', () => 'yes');
  for (const { from, forwardedFor } of requests) {
    const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
    await app.inject({ url: '/', remoteAddress: from, headers });
  }
  await app.close();
  const [finding] = watch.findings();
  return finding;
}
const many = (count: number, from: (n: number) => string) =>
  Array.from({ length: count }, (_value, n) => ({ from: from(n) }));

test('A forwarded request from a peer that is not trusted is reported, without an address', async () => {
  const finding = await findingAfter([{ from: proxy, forwardedFor: '203.0.113.9' }, { from: '203.0.113.8' }]);
  expect(finding).toMatchObject({ state: 'warning', observed: expect.stringMatching(/^1 of 2 requests/) as string });
  expect(finding?.next).toContain('API_TRUSTED_PROXIES');
  expect(JSON.stringify(finding)).not.toMatch(/203\.0\.113|10\.0\.0/);
});

test('A forwarded request from a trusted proxy is as it should be', async () => {
  const requests = [{ from: proxy, forwardedFor: '203.0.113.9' }];
  expect(await findingAfter(requests, [`${proxy}/32`])).toMatchObject({ state: 'ok' });
});

test('Many requests from one address alone are reported, and from two they are not', async () => {
  expect(await findingAfter(many(1_000, () => proxy))).toMatchObject({
    state: 'warning',
    observed: expect.stringMatching(/one address$/) as string,
  });
  expect(await findingAfter(many(1_000, () => '127.0.0.1'))).toMatchObject({ state: 'ok' });
  expect(await findingAfter(many(999, () => proxy))).toMatchObject({ state: 'ok' });
  expect(await findingAfter(many(1_000, (n) => (n === 5 ? '203.0.113.8' : proxy)))).toMatchObject({ state: 'ok' });
});
