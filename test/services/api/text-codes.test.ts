// The codes that voters text in come from `sms`: one call for all sessions of a moment, each with a code of its own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Redis } from 'ioredis';
import { systemClock } from '../../../src/platform/clock.ts';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { hourOf, textCodesKey, textCodesSeconds } from '../../../src/protocol/funnel-counts.ts';
import type { KeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { textCodesAnswer, textCodesMax } from '../../../src/protocol/sms-service.ts';
import { hkid, phone } from '../../support/identities.ts';
import { bearer, codeOf, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';
import { startProxy } from '../../support/processes/proxy.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import type { OwnRedis } from '../../support/processes/own-redis.ts';
import { newPhone, startSms, textsOf } from '../../support/services/sms.ts';
import type { Sms } from '../../support/services/sms.ts';

const sessions = 60;

let api: Fixture;
let sms: Sms;
beforeAll(async () => {
  api = await startApi();
  sms = await startSms();
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await sms[Symbol.asyncDispose]();
});

const person = (n: number) => ({ phone: phone(930_000 + n), identity: { number: hkid(930_000 + n) } });
const callsOf = () => api.behind.contacts.filter((contact) => contact === 'POST /private/text-codes').length;
const askFor = (count: number) => {
  const items = Array.from({ length: count }, () => ({ phoneKey: newSecret(), binding: newSecret() }));
  const call = { path: '/private/text-codes', body: { items }, answer: textCodesAnswer, msMax: 5_000 };
  return sms.client.call({ method: 'POST', ...call });
};

describe('The codes of many sessions', () => {
  test('Sessions that begin together share calls, and each has its own code', async () => {
    const before = callsOf();
    const all = await Promise.all(Array.from({ length: sessions }, (_, n) => api.session(person(n))));
    expect(new Set(all.map(codeOf)).size).toBe(sessions);
    expect(callsOf() - before).toBeLessThan(sessions / 2);
  });

  test('Each session has another code, also of the same person', async () => {
    const first = await api.session(person(100));
    const second = await api.session(person(100));
    expect(codeOf(first)).not.toBe(codeOf(second));
    const headers = { authorization: `Bearer ${first.token}` };
    const resent = await api.app.inject({ method: 'POST', url: '/v1/sessions/current/resend', headers, payload: {} });
    expect(codeOf(resent.json())).toMatch(/^\d{8}$/);
  });

  test('The largest call fits, and one code more is refused', async () => {
    expect((await askFor(textCodesMax)).codes).toHaveLength(textCodesMax);
    await expect(askFor(textCodesMax + 1)).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await sms.metrics()).toContain(`popvote_sms_text_codes_total{popvote_service="sms"} ${textCodesMax}`);
  });
});

describe('The answer of a call that is cut', () => {
  const callOf = (path: string) => (request: Buffer) => request.toString('latin1').startsWith(`POST ${path} `);

  test('The codes of many sessions are asked for again, and each session has its own', async () => {
    await using own = await startCut(sms);
    own.proxy.loseNextAnswer(callOf('/private/text-codes'));
    const sessions = await Promise.all(Array.from({ length: 20 }, (_, n) => own.api.session(person(300 + n))));
    expect(own.proxy.lost).toBe(1);
    expect(new Set(sessions.map(codeOf)).size).toBe(20);
  });

  test('The codes of many sessions are not checked again, and each is still right afterwards', async () => {
    await using own = await startCut(sms);
    const people = Array.from({ length: 8 }, () => newPhone());
    const sessions = await Promise.all(
      people.map((number, n) => own.api.session({ ...person(400 + n), phone: number, method: 'code' })),
    );
    const codes = await Promise.all(people.map(async (number) => (await textsOf(sms, number))[0]!.body.slice(0, 8)));
    const checkAll = () =>
      Promise.all(
        sessions.map(async ({ token }, n) => {
          const request = { url: '/v1/sessions/current/code', headers: bearer(token), payload: { code: codes[n] } };
          return (await own.api.app.inject({ method: 'POST', ...request })).json<{ code?: string; state?: string }>();
        }),
      );
    own.proxy.loseNextAnswer(callOf('/private/codes/checks'));
    const first = await checkAll();
    expect(own.proxy.lost).toBe(1);
    // The first call to come has one code or all of them.
    const losses = first.filter(({ code }) => code === 'verification-unavailable');
    expect(losses.length).toBeGreaterThan(0);
    expect(first.filter(({ state }) => state === 'verified')).toHaveLength(sessions.length - losses.length);
    expect((await checkAll()).map(({ state }) => state)).toEqual(sessions.map(() => 'verified'));
  });
});

/** An `api` whose calls go to `server` through a proxy that can lose answers. */
async function startCut(server: Sms) {
  const { port } = new URL(server.privateUrl);
  const proxy = await startProxy({ host: '127.0.0.1', port: Number(port) });
  const client = createPrivateClient({
    origin: `http://127.0.0.1:${proxy.port}`,
    service: 'sms',
    caller: { name: 'api', jwk: server.keys.api.caller },
    clock: systemClock,
  });
  const election = { verification: { methods: ['text-in' as const, 'code' as const], verifiedSecondsMax: 900 } };
  const own = await startApi({ keys: server.keys, sms: client, election });
  return {
    api: own,
    proxy,
    async [Symbol.asyncDispose]() {
      await own[Symbol.asyncDispose]();
      await client.close();
      await proxy.close();
    },
  };
}

describe('The counts of codes that are compared', () => {
  const sumOf = async (side: 'asked' | 'made'): Promise<number> => {
    const hours = [0, 1].map((back) => textCodesKey(side, hourOf(Date.now()) - back));
    return (await redis.mget(hours)).reduce((total, sum) => total + Number(sum ?? 0), 0);
  };
  let redis: Redis;
  let own: OwnRedis;
  beforeAll(async () => {
    own = await startOwnRedis();
    redis = new Redis(own.url('admin'));
  });
  afterAll(async () => {
    redis.disconnect();
    await own[Symbol.asyncDispose]();
  });
  const startBoth = async (keys?: KeyFiles) => {
    const redisUrls = { sms: own.url('sms'), admin: own.url('admin') };
    const server = await startSms({ redisUrls, ...(keys && { keys }) });
    const client = await startApi({ redisUrl: own.url, keys: server.keys, sms: server.client });
    return { server, client };
  };

  test('They agree over several processes that start and stop while sessions begin, change and go on', async () => {
    const first = await startBoth();
    const second = await startBoth(first.server.keys);
    for (const { client } of [first, second]) {
      const sessions = await Promise.all(Array.from({ length: 20 }, (_, n) => client.session(person(200 + n))));
      for (const { token } of sessions.slice(0, 5)) {
        const headers = { authorization: `Bearer ${token}` };
        await client.app.inject({ method: 'POST', url: '/v1/sessions/current/resend', headers, payload: {} });
      }
      // Whatever comes of a code that was asked for.
      const refused = { electionId: client.election.id, ...person(1), castTag: 'short', method: 'text-in' };
      await client.app.inject({ method: 'POST', url: '/v1/sessions', payload: refused });
    }
    // Each flushes its last counts when it stops.
    for (const { server, client } of [first, second]) {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    }
    expect([await sumOf('asked'), await sumOf('made')]).toEqual([50, 50]);
  });

  test('A program with the keys of api that asks sms itself is not counted as sessions', async () => {
    const before = [await sumOf('asked'), await sumOf('made')];
    const { server, client } = await startBoth();
    const items = Array.from({ length: textCodesMax }, () => ({ phoneKey: newSecret(), binding: newSecret() }));
    const call = { path: '/private/text-codes', body: { items }, answer: textCodesAnswer, msMax: 5_000 };
    for (let n = 0; n < 4; n += 1) await server.client.call({ method: 'POST', ...call });
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    expect([await sumOf('asked'), await sumOf('made')]).toEqual([before[0], before[1]! + 4 * textCodesMax]);
  });

  test('Each side is written by its own service only, and expires', async () => {
    const keyOf = (side: 'asked' | 'made') => textCodesKey(side, hourOf(Date.now()));
    const users = ['api', 'sms', 'elections'].map((name) => [name, new Redis(own.url(name))] as const);
    for (const [name, user] of users) {
      await (name === 'api'
        ? user.incrby(keyOf('asked'), 1)
        : expect(user.incrby(keyOf('asked'), 1)).rejects.toThrow(/NOPERM/));
      await (name === 'sms'
        ? user.incrby(keyOf('made'), 1)
        : expect(user.incrby(keyOf('made'), 1)).rejects.toThrow(/NOPERM/));
      user.disconnect();
    }
    for (const key of await redis.keys('text-codes:*'))
      expect(await redis.ttl(key)).toBeLessThanOrEqual(textCodesSeconds);
  });
});
