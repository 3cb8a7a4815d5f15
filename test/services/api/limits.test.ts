// Limits of sessions: by the address block of the asker alone, each day under other names, and none that needs Redis for a
// cast.
import { describe, expect, test } from 'vitest';
import { addressBlock } from '../../../src/platform/http/address-block.ts';
import { hkid, phone } from '../../support/identities.ts';
import { anyCastTag } from '../../support/voter/proofs.ts';
import { startApi } from '../../support/services/api.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
  ['2001:0DB8:0001:ffff::1', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
])('%s is counted with %s', (address, block) => {
  expect(addressBlock(address)).toBe(block);
});

const base = Math.floor(Math.random() * 800_000);
type Answer = { statusCode: number; headers: Record<string, unknown>; json(): unknown };
const isLimited = (answer: Answer): void => {
  expect(answer.statusCode).toBe(429);
  expect(answer.json()).toMatchObject({ code: 'too-many-requests' });
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(600);
};

describe('Sessions in the limits', () => {
  const starter = async (sessionsPerAddressBlock: number, redisUrl?: (user: string) => string) => {
    const api = await startApi({ sessionsPerAddressBlock, ...(redisUrl && { redisUrl }) });
    let n = base;
    const start = (change: object, address = '198.51.100.7') => {
      n += 1;
      const payload = {
        electionId: api.election.id,
        identity: { number: hkid(n) },
        phone: phone(n),
        method: 'text-in',
        castTag: anyCastTag,
      };
      const headers = { 'x-forwarded-for': address };
      return api.app.inject({ method: 'POST', url: '/v1/sessions', headers, payload: { ...payload, ...change } });
    };
    return { api, start };
  };
  const many = async (times: number, start: () => Promise<Answer>): Promise<void> => {
    for (let i = 0; i < times; i += 1) expect((await start()).statusCode).toBe(201);
  };

  test.each([
    ['IPv4', '203.0.113.1', '203.0.113.200', '203.0.114.1'],
    ['IPv6', '2001:db8:7:1::1', '2001:db8:7:ffff::9', '2001:db8:8::1'],
  ])('Sessions of one block of %s addresses are bounded', async (_name, one, near, far) => {
    await using redis = await startOwnRedis();
    const { api, start } = await starter(5, redis.url);
    await many(5, () => start({}, one));
    isLimited(await start({}, near));
    await many(1, () => start({}, far));
    await api[Symbol.asyncDispose]();
  });

  test('Sessions are limited by the process alone while Redis is unavailable', { timeout: 30_000 }, async () => {
    await using redis = await startOwnRedis();
    const { api, start } = await starter(5, redis.url);
    await redis.stop();
    await many(5, () => start({}, '192.0.2.1'));
    isLimited(await start({}, '192.0.2.2'));
    await many(1, () => start({}, '192.0.3.1'));
    await api[Symbol.asyncDispose]();
  });

  test('Sessions leave only keyed names in Redis, which change with the day', async () => {
    await using redis = await startOwnRedis();
    // Just before midnight, so that a minute later is another day and the tokens still live.
    let now = Math.ceil(Date.now() / 86_400_000) * 86_400_000 - 30_000;
    const opens = { opensAt: new Date(now - 1_000).toISOString(), closesAt: new Date(now + 600_000).toISOString() };
    const api = await startApi({
      redisUrl: redis.url,
      sessionsPerAddressBlock: 5,
      clock: () => now,
      election: opens,
    });
    await api.session();
    const names = async () => (await api.admin.keys('limits:*')).sort();
    const first = await names();
    expect(first.map((name) => name.replace(/(?<=:)[\w-]{43}$/, '…'))).toEqual(['limits:api:address:…']);
    for (const name of first) expect(await api.admin.pttl(name)).toBeGreaterThan(0);
    now += 60_000;
    await api.session();
    expect((await names()).length).toBe(2);
    await api[Symbol.asyncDispose]();
  });
});
