// The second element at the start of a vote: its form alone decides. Before voting opens such a roll answers no question.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
});

describe('A question about a number with a second element', () => {
  test.each(['pin', 'birth-date'] as const)('With a %s it has no answer, and ballots is not asked', async (second) => {
    await using api = await startApi({ election: { ...coming, identity: { scheme: 'roll', second } } });
    const url = `/v1/elections/${api.election.id}/roll-question`;
    const answers = [{ number: 'A-77' }, { number: 'A-77', second: '0042' }].map((payload) =>
      api.app.inject({ method: 'POST', url, payload }),
    );
    for (const answer of await Promise.all(answers))
      expect([answer.statusCode, faultOf(answer)[0]]).toEqual([400, 'invalid-request']);
    expect(api.behind.contacts.filter((contact) => contact.includes('lookup'))).toEqual([]);
  });
});
