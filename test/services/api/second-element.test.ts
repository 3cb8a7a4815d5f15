// The second element at the start of a vote: its form alone decides, the digest is of both, and the limit of tries is of
// the number.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sessionsPerIdentityMax } from '../../../src/services/api/sessions/session-limits.ts';
import { questionsPerNumberMax } from '../../../src/services/api/sessions/roll-questions.ts';
import { hashKey, keyedHash } from '../../../src/platform/keys/keyed-hash.ts';
import { identityText, rollSubject } from '../../../src/protocol/ballot-service.ts';
import { phone } from '../../support/identities.ts';
import { anyCastTag } from '../../support/voter/proofs.ts';
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
      [{ number: 'A-77', second: '12-34' }, second],
      [{ number: '?', second: '12' }, 'body/identity/number', second],
    ] as const) {
      const answer = await start(pin, identity);
      expect([answer.statusCode, faultOf(answer)]).toEqual([422, ['invalid-identity', ...faults]]);
    }
    expect(faultOf(await start(pin, undefined))).toEqual(['invalid-identity', 'body/identity', second]);
    for (const date of ['31.2.1980', '12/31/1980', '31.12.80', '19801231']) {
      expect(faultOf(await start(birth, { number: 'A-77', second: date }))).toEqual(['invalid-identity', second]);
    }
    expect(pin.log()).not.toContain('12-34');
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

  test('Tries of many PINs for one number are counted together, and another number has its own count', async () => {
    const number = randomUUID();
    const tries = await Promise.all(
      Array.from({ length: sessionsPerIdentityMax }, (_, index) =>
        start(pin, { number, second: String(1_000 + index) }),
      ),
    );
    expect(tries.map(({ statusCode }) => statusCode)).toEqual(tries.map(() => 201));
    expect((await start(pin, { number, second: '9999' })).statusCode).toBe(429);
    expect((await start(pin, { number: randomUUID(), second: '9999' })).statusCode).toBe(201);
  });
});

describe('A question about a number with a second element', () => {
  let api: Fixture;
  beforeAll(async () => {
    api = await startApi({ election: { ...coming, identity: { scheme: 'roll', second: 'pin' } } });
    api.behind.lookUp = (identity) =>
      Promise.resolve({ roll: identity === digestOf('A-77', '0042') ? 'listed' : 'absent' });
  });
  afterAll(() => api[Symbol.asyncDispose]());
  const digestOf = (number: string, second: string): string =>
    keyedHash(hashKey(api.keys.api.identity), identityText(api.election.id, 'roll', rollSubject(number, second)));
  const ask = (payload: object, address: string) =>
    api.app.inject({
      method: 'POST',
      url: `/v1/elections/${api.election.id}/roll-question`,
      headers: { 'x-forwarded-for': address },
      payload,
    });

  test('Both must be right, in any spelling, and a wrong element has the answer of a wrong number', async () => {
    const answers = [];
    for (const question of [
      { number: ' a‑７７', second: '００４２' },
      { number: 'A-77', second: '0043' },
      { number: 'A-78', second: '0042' },
    ]) {
      answers.push(await ask(question, '192.0.2.10'));
    }
    expect(answers.map(({ body }) => body)).toEqual(['{"roll":"listed"}', '{"roll":"absent"}', '{"roll":"absent"}']);
    expect(faultOf(await ask({ number: 'A-77' }, '192.0.2.10'))).toEqual(['invalid-identity', 'body/second']);
    expect(faultOf(await ask({ number: '?', second: '0042' }, '192.0.2.10'))).toEqual([
      'invalid-identity',
      'body/number',
    ]);
    expect(api.log()).not.toContain('0042');
  });

  test('PINs of one number cannot be tried from many addresses', async () => {
    const number = randomUUID();
    const statuses = [];
    for (let index = 0; index <= questionsPerNumberMax; index += 1) {
      statuses.push((await ask({ number, second: String(1_000 + index) }, `203.0.${index}.1`)).statusCode);
    }
    expect(statuses).toEqual([...Array.from({ length: questionsPerNumberMax }, () => 200), 429]);
    expect((await ask({ number: randomUUID(), second: '1000' }, '203.0.0.1')).statusCode).toBe(200);
  });
});
