// "Am I on the roll?": answered until the opening, in one size and one time, for few questions of one asker.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identityText } from '../../../src/protocol/ballot-service.ts';
import { keyedHash, newestKey } from '../../../src/platform/keys/keyed-hash.ts';
import { rollAnswerMsMin, rollQuestionsMax } from '../../../src/services/api/sessions/roll-questions.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import { startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';

const hours = (count: number): string => new Date(Date.now() + count * 3_600_000).toISOString();
const coming = { opensAt: hours(1), closesAt: hours(5), identity: { scheme: 'roll' } } as const;
const ask = (api: Fixture, number: string, address = '198.51.100.7') =>
  api.app.inject({
    method: 'POST',
    url: `/v1/elections/${api.election.id}/roll-question`,
    headers: { 'x-forwarded-for': address },
    payload: { number },
  });

describe('A question before the opening', () => {
  let redis: Awaited<ReturnType<typeof startOwnRedis>>;
  let api: Fixture;
  const lookups: string[] = [];
  beforeAll(async () => {
    redis = await startOwnRedis();
    api = await startApi({ election: coming, redisUrl: redis.url });
    api.behind.lookUp = (identity) => {
      lookups.push(identity);
      const listed = identity === identityOf('A-77');
      return Promise.resolve({ roll: listed ? 'listed' : 'absent' });
    };
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });
  const identityOf = (canonical: string): string =>
    keyedHash(newestKey(api.keys.api.identity), identityText(api.election.id, 'roll', canonical));

  test('Both answers have the same size and take at least the same time, in any spelling', async () => {
    for (const [number, roll] of [
      ['A-77', 'listed'],
      [' a‑７７ ', 'listed'],
      ['A77', 'absent'],
      ['7/7', 'absent'],
    ] as const) {
      const began = performance.now();
      const answer = await ask(api, number);
      expect(performance.now() - began).toBeGreaterThanOrEqual(rollAnswerMsMin - 5);
      expect([answer.statusCode, answer.json()]).toEqual([200, { roll }]);
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.body).toHaveLength('{"roll":"absent"}'.length);
    }
    expect(api.log()).not.toMatch(/A-77|A77/);
    for (const identity of lookups) expect(api.log()).not.toContain(identity);
  });

  test('What cannot be a number is rejected, and costs no question', async () => {
    const answer = await ask(api, '<script>', '203.0.113.9');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([422, 'invalid-identity']);
  });

  test('One block of addresses has few questions, and another has its own', async () => {
    const answers = await Promise.all(
      Array.from({ length: rollQuestionsMax + 1 }, (_, index) => ask(api, `N${index}`, '203.0.113.77')),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(rollQuestionsMax);
    expect((await ask(api, 'A-77', '203.0.113.200')).statusCode).toBe(429);
    expect((await ask(api, 'A-77', '203.0.114.1')).statusCode).toBe(200);
  });

  test('While ballots is unavailable the answer is busy', async () => {
    const { lookUp } = api.behind;
    api.behind.lookUp = () => Promise.reject(new Error('down'));
    expect((await ask(api, 'A-77', '192.0.2.1')).json<{ code: string }>().code).toBe('busy');
    api.behind.lookUp = lookUp;
  });
});

describe('A question that is not answered', () => {
  test.each([
    ['an election that has opened', { ...coming, opensAt: hours(-1) }, 'not-open'],
    ['an election without a roll', { ...coming, identity: { scheme: 'hkid' } as const }, 'invalid-request'],
  ])('Of %s there is no answer', async (_name, election, code) => {
    await using api = await startApi({ election });
    const answer = await ask(api, 'A-77');
    expect(answer.json<{ code: string }>().code).toBe(code);
    expect(api.behind.contacts.filter((contact) => contact.includes('lookup'))).toEqual([]);
  });
});
