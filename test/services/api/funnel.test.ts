// The funnel: the counts of sessions. They are added to Redis beside requests and never twice, and Redis stores sums
// only.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFunnel } from '../../../src/services/api/sessions/funnel.ts';
import { createRecentIds } from '../../../src/services/api/sessions/recent-ids.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import { funnelFields, funnelKey, funnelSeconds } from '../../../src/protocol/funnel-counts.ts';
import { currentElectionsMax } from '../../../src/protocol/current-elections.ts';
import { ballot } from '../../support/elections.ts';
import { hkid, phone } from '../../support/identities.ts';
import { createLogProbe } from '../../support/log.ts';
import { until } from '../../support/until.ts';
import { anyCastTag } from '../../support/voter/proofs.ts';
import { attestationByCode, bearer, codeOf, rejection, secret, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import type { OwnRedis } from '../../support/processes/own-redis.ts';

let redis: OwnRedis;
beforeAll(async () => {
  redis = await startOwnRedis();
});
afterAll(() => redis[Symbol.asyncDispose]());

const counter = { n: Math.floor(Math.random() * 800_000) };
const person = () => ({ phone: phone((counter.n += 1)), identity: { number: hkid(counter.n) } });
const post = (api: Fixture, url: string, token: string, payload: object) =>
  api.app.inject({ method: 'POST', url, headers: bearer(token), payload });
const verifiedBy = async (api: Fixture, voter = person()): Promise<string> => {
  const session = await api.session(voter);
  await api.text(voter.phone, codeOf(session));
  const wait = () => api.app.inject({ url: '/v1/sessions/current?wait=10', headers: bearer(session.token) });
  await wait();
  // A client that lost the answer asks again.
  return (await wait()).json<{ token: string }>().token;
};
const sumsOf = async (api: Fixture): Promise<Record<string, number>> => {
  const sums = await api.admin.hgetall(funnelKey(api.election.id));
  return Object.fromEntries(Object.entries(sums).map(([field, sum]) => [field, Number(sum)]));
};

describe('The counted sessions', () => {
  test('Sessions are counted once each as they begin, are verified and cast, by method', async () => {
    await using api = await startApi({ redisUrl: redis.url });
    const tokens = [await verifiedBy(api), await verifiedBy(api)];
    const body = { ballotKey: secret(), ballot: ballot() };
    for (const payload of [body, body, body]) {
      expect((await post(api, '/v1/ballots', tokens[0] ?? '', payload)).statusCode).toBe(201);
    }
    // One that was sent a code, and tried a wrong one first.
    const code = await api.session({ ...person(), method: 'code' });
    api.behind.check = () => {
      throw rejection('wrong-code', { triesLeft: 4 });
    };
    expect((await post(api, '/v1/sessions/current/code', code.token, { code: '12345678' })).statusCode).toBe(422);
    api.behind.check = () => ({ attestation: attestationByCode() });
    expect((await post(api, '/v1/sessions/current/code', code.token, { code: '87654321' })).statusCode).toBe(200);
    // One that goes over from text-in to a code, and is sent it again.
    const first = await api.session(person());
    const other = await post(api, '/v1/sessions/current/resend', first.token, { method: 'code' });
    await post(api, '/v1/sessions/current/resend', other.json<{ token: string }>().token, {});
    const expected = {
      started: 4,
      'started:text-in': 3,
      'started:code': 2,
      confirmed: 3,
      'confirmed:text-in': 2,
      'confirmed:code': 1,
      cast: 1,
    };
    await until(async () => (await sumsOf(api))['cast'] === 1 && (await sumsOf(api))['started'] === 4, 'the sums');
    expect(await sumsOf(api)).toEqual(expected);
    // Rejected sessions and rejected casts are not counted.
    const refused = { electionId: api.election.id, phone: '+852', method: 'text-in', castTag: anyCastTag };
    expect((await api.app.inject({ method: 'POST', url: '/v1/sessions', payload: refused })).statusCode).toBe(422);
    api.behind.cast = () => Promise.reject(rejection('already-recorded'));
    expect((await post(api, '/v1/ballots', tokens[1] ?? '', body)).statusCode).toBe(409);
    await api.app.close();
    expect(await sumsOf(api)).toEqual(expected);
  });

  test('Sessions leave nothing but temporary sums, and a shutdown adds the remaining ones', async () => {
    await using api = await startApi({ redisUrl: redis.url });
    const voter = person();
    await verifiedBy(api, voter);
    await api.app.close();
    const key = funnelKey(api.election.id);
    const sums = await api.admin.hgetall(key);
    expect(sums).toEqual({ started: '1', 'started:text-in': '1', confirmed: '1', 'confirmed:text-in': '1' });
    for (const field of Object.keys(sums)) expect(funnelFields).toContain(field);
    const seconds = await api.admin.ttl(key);
    expect(seconds > 0 && seconds <= funnelSeconds).toBe(true);
    expect(await api.admin.keys('funnel:*')).toContain(key);
    expect((await api.admin.keys('funnel:*')).filter((each) => !/^funnel:e-[0-9a-f]+$/.test(each))).toEqual([]);
  });
});

describe('While Redis is unavailable', () => {
  test('While Redis is unavailable voters are served as ever, and the sums are added later', async () => {
    await using own = await startOwnRedis();
    const { logger } = createLogProbe('api');
    const connection = connectRedis(own.url('api'), logger);
    const admin = connectRedis(own.url('admin'), logger);
    try {
      await Promise.all([redisReady(connection, 5_000), redisReady(admin, 5_000)]);
      const funnel = createFunnel({ redis: connection, logger, clock: Date.now });
      funnel.started('e', 'text-in');
      await own.stop();
      await until(() => connection.status !== 'ready');
      funnel.started('e', 'code');
      await funnel.flush();
      await own.again();
      await until(() => connection.status === 'ready' && admin.status === 'ready');
      await funnel.flush();
      await funnel.flush();
      expect(await admin.hgetall(funnelKey('e'))).toEqual({
        started: '2',
        'started:text-in': '1',
        'started:code': '1',
      });
      // More elections than can be out at once are not worth memory.
      for (let n = 0; n <= currentElectionsMax; n += 1) funnel.started(`many-${n}`, 'code');
      await funnel.stop();
      expect((await admin.keys('funnel:many-*')).length).toBe(currentElectionsMax);
    } finally {
      connection.disconnect();
      admin.disconnect();
    }
  });
});

test('A recent session is forgotten in time, and never sooner than so many others came', () => {
  const recently = createRecentIds(100);
  expect([recently.isNew('a'), recently.isNew('a')]).toEqual([true, false]);
  for (let n = 0; n < 99; n += 1) recently.isNew(`x${n}`);
  expect(recently.isNew('a')).toBe(false);
  for (let n = 0; n < 250; n += 1) recently.isNew(`y${n}`);
  expect(recently.isNew('a')).toBe(true);
});
