// The second element at the start of a vote: its form alone decides. Before voting opens a question names both, and few
// wrong ones are answered.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keyedHash, newestKey } from '../../../src/platform/keys/keyed-hash.ts';
import { identityText, rollSubject } from '../../../src/protocol/ballot-service.ts';
import { rollAnswerMsMin, wrongAnswersMax } from '../../../src/services/api/sessions/roll-questions.ts';
import { phone } from '../../support/identities.ts';
import { anyCastTag } from '../../support/voter/proofs.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import { startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';

const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();
const coming = { opensAt: hours(1), closesAt: hours(5) };
type Identity = { readonly number?: string; readonly second?: string };
let nextPhone = 1;
const start = (api: Fixture, identity: Identity | undefined, from = '198.51.100.9') =>
  api.app.inject({
    method: 'POST',
    url: '/v1/sessions',
    headers: { 'x-forwarded-for': from },
    payload: {
      electionId: api.election.id,
      identity,
      phone: phone((nextPhone += 1)),
      method: 'text-in',
      castTag: anyCastTag,
    },
  });
type Rejection = { readonly code: string; readonly errors: readonly { readonly path: string }[] };
const faultOf = ({ body }: { readonly body: string }): string[] => {
  const { code, errors } = JSON.parse(body) as Rejection;
  return [code, ...errors.map(({ path }) => path)];
};

describe('A vote in an election with a second element', () => {
  let pin: Fixture;
  let birth: Fixture;
  beforeAll(async () => {
    pin = await startApi({ election: { identity: { scheme: 'roll', second: 'pin' } } });
    birth = await startApi({ election: { identity: { scheme: 'roll', second: 'birth-date' } } });
  });
  afterAll(async () => {
    await pin[Symbol.asyncDispose]();
    await birth[Symbol.asyncDispose]();
  });

  test('A missing or malformed element is named by its path, together with a fault of the number', async () => {
    const second = 'body/identity/second';
    for (const [identity, ...faults] of [
      [{ number: 'A-77' }, second],
      [{ number: 'A-77', second: '' }, second],
      [{ number: 'A-77', second: '123' }, second],
      [{ number: 'A-77', second: '1234-5678' }, second],
      [{ number: '?', second: '12' }, 'body/identity/number', second],
    ] as const) {
      const answer = await start(pin, identity);
      expect([answer.statusCode, faultOf(answer)]).toEqual([422, ['invalid-identity', ...faults]]);
    }
    expect(faultOf(await start(pin, undefined))).toEqual(['invalid-identity', 'body/identity', second]);
    for (const date of ['31.2.1980', '12/31/1980', '31.12.80', '19801231']) {
      expect(faultOf(await start(birth, { number: 'A-77', second: date }))).toEqual(['invalid-identity', second]);
    }
    expect(pin.log()).not.toContain('1234-5678');
  });

  test('An element that is not asked for is refused', async () => {
    for (const [identity, number] of [
      [{ scheme: 'roll' }, 'A-77'],
      [{ scheme: 'hkid' }, 'A123456(3)'],
    ] as const) {
      await using api = await startApi({ election: { identity } });
      expect(faultOf(await start(api, { number, second: '1234' }))).toEqual([
        'invalid-identity',
        'body/identity/second',
      ]);
      expect((await start(api, { number })).statusCode).toBe(201);
    }
  });

  test('Any spelling of a PIN or date starts the same vote', async () => {
    for (const second of ['0042', ' 00 42', '００４２', '٠٠٤٢']) {
      expect((await start(pin, { number: randomUUID(), second })).statusCode).toBe(201);
    }
    for (const second of ['1980-12-31', '31.12.1980.', '31/12/1980', '1980年12月31日']) {
      expect((await start(birth, { number: randomUUID(), second })).statusCode).toBe(201);
    }
  });
});

describe('A question about a number with a second element', () => {
  let redis: Awaited<ReturnType<typeof startOwnRedis>>;
  let api: Fixture;
  beforeEach(async () => {
    redis = await startOwnRedis();
    api = await startApi({
      election: { ...coming, identity: { scheme: 'roll', second: 'pin' } },
      redisUrl: redis.url,
    });
    const subject = identityText(api.election.id, 'roll', rollSubject('A-77', '0042'));
    const listed = keyedHash(newestKey(api.keys.api.identity), subject);
    api.behind.lookUp = (identity) => Promise.resolve({ roll: identity === listed ? 'listed' : 'absent' });
  });
  afterEach(async () => {
    await api[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });
  /** Each from another block of addresses. */
  const ask = (payload: Identity) => {
    nextPhone += 1;
    return api.app.inject({
      method: 'POST',
      url: `/v1/elections/${api.election.id}/roll-question`,
      headers: { 'x-forwarded-for': `198.${nextPhone >> 8}.${nextPhone & 255}.7` },
      payload,
    });
  };
  const right = { number: ' a-77 ', second: '００４２' };
  const wrong = { number: 'A-77', second: '0043' };

  test('A wrong element and an unknown number have the same answer, in the same size and time', async () => {
    for (const [question, roll] of [
      [right, 'listed'],
      [wrong, 'absent'],
      [{ number: 'A-78', second: '0042' }, 'absent'],
    ] as const) {
      const began = performance.now();
      const answer = await ask(question);
      expect(performance.now() - began).toBeGreaterThanOrEqual(rollAnswerMsMin - 5);
      expect([answer.statusCode, answer.json()]).toEqual([200, { roll }]);
      expect(answer.body).toHaveLength('{"roll":"absent"}'.length);
    }
    expect(faultOf(await ask({ number: 'A-77' }))).toEqual(['invalid-identity', 'body/second']);
    expect(api.log()).not.toMatch(/A-77|0042|0043/);
  });

  test('Wrong answers are few for the whole election, all at once too, and right ones are not counted', async () => {
    for (let times = 0; times <= wrongAnswersMax; times += 1) expect((await ask(right)).statusCode).toBe(200);
    const questions = Array.from({ length: wrongAnswersMax + 5 }, () => ask(wrong));
    const statuses = (await Promise.all(questions)).map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(wrongAnswersMax);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    // After that the right question has no other answer than a wrong one, and ballots is not asked.
    const contacts = api.behind.contacts.length;
    const listed = await ask(right);
    const absent = await ask(wrong);
    expect([listed.statusCode, listed.json<Rejection>().code]).toEqual([429, 'too-many-requests']);
    expect(Number(listed.headers['retry-after'])).toBeGreaterThan(3_000);
    expect(absent.json<Rejection>().code).toBe('too-many-requests');
    expect(api.behind.contacts).toHaveLength(contacts);
    // Nothing is counted by number.
    const keys = await api.admin.keys('limits:api:roll-wrong*');
    expect(keys).toHaveLength(1);
  });

  test('A question without an answer takes none of them', async () => {
    const { lookUp } = api.behind;
    api.behind.lookUp = () => Promise.reject(new Error('down'));
    for (let times = 0; times <= wrongAnswersMax; times += 1) expect((await ask(wrong)).statusCode).toBe(503);
    api.behind.lookUp = lookUp;
    expect((await ask(wrong)).json()).toEqual({ roll: 'absent' });
  });
});
