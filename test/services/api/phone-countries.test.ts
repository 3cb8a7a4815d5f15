// Which phones may take part is a rule of the election, by the form of the number alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyCastTag } from '../../support/voter/proofs.ts';
import { startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';

let api: Fixture;
beforeAll(async () => {
  const verification = { methods: ['text-in' as const], verifiedSecondsMax: 900, phoneCountries: ['RS', 'ME'] };
  api = await startApi({ election: { identity: { scheme: 'phone-only' }, verification } });
});
afterAll(() => api[Symbol.asyncDispose]());

const start = (phone: string) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/sessions',
    payload: { electionId: api.election.id, phone, method: 'text-in', castTag: anyCastTag },
  });

describe('An election for phones of two countries', () => {
  test.each([
    ['+381 64 123 4567', 'a mobile phone of the first country'],
    ['064 123 4567', 'a number without a country code, which is of the first country'],
    ['00382 67 622 901', 'a mobile phone of the second country'],
  ])('The phone %s is admitted: %s', async (phone) => {
    expect((await start(phone)).statusCode).toBe(201);
  });

  test.each([
    ['+852 6123 4567', 'a mobile phone of another country'],
    ['+381 11 3021 000', 'a fixed line of the first country'],
    ['+381 800 123 456', 'a free number of the first country'],
    ['+870 773 111 632', 'a satellite phone'],
  ])('The phone %s is refused: %s', async (phone) => {
    const answer = await start(phone);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      422,
      {
        code: 'phone-not-admitted',
        errors: [{ path: 'body/phone', detail: expect.stringContaining('RS, ME') as string }],
      },
    ]);
  });

  test('Kinds of lines are a setting too, and the others stay out', async () => {
    const verification = {
      methods: ['text-in' as const],
      verifiedSecondsMax: 900,
      phoneCountries: ['RS'],
      phoneLines: ['fixed' as const],
    };
    await using fixed = await startApi({ election: { identity: { scheme: 'phone-only' }, verification } });
    const statusOf = async (phone: string): Promise<number> => {
      const payload = { electionId: fixed.election.id, phone, castTag: anyCastTag, method: 'text-in' };
      return (await fixed.app.inject({ method: 'POST', url: '/v1/sessions', payload })).statusCode;
    };
    expect(await statusOf('+381 11 3021 000')).toBe(201);
    for (const phone of ['+381 64 123 4567', '+381 800 123 456', '+381 900 123 456'])
      expect(await statusOf(phone)).toBe(422);
  });

  test('A number that is none is still an invalid one', async () => {
    expect((await start('6123 4567 890')).json()).toMatchObject({ code: 'invalid-phone' });
  });

  test('Voters and readers see the rule in the public document', async () => {
    const document = await api.app.inject({ url: `/v1/elections/${api.election.id}` });
    expect(document.json()).toMatchObject({ election: { verification: { phoneCountries: ['RS', 'ME'] } } });
  });
});
