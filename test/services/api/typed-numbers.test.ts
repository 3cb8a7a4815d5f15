// Numbers as they are pasted from contacts, cards and messengers, through the public API.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anyCastTag } from '../../support/voter/proofs.ts';
import { codeOf, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';

let jmbg: Fixture;
let hkid: Fixture;
beforeAll(async () => {
  jmbg = await startApi({ election: { id: 'jmbg', identity: { scheme: 'jmbg' } } });
  hkid = await startApi({ election: { id: 'hkid', identity: { scheme: 'hkid' } } });
});
afterAll(async () => {
  await jmbg[Symbol.asyncDispose]();
  await hkid[Symbol.asyncDispose]();
});

const start = (api: Fixture, number: string, phone: string) =>
  api.app.inject({
    method: 'POST',
    url: '/v1/sessions',
    payload: { electionId: api.election.id, identity: { number }, phone, method: 'text-in', castTag: anyCastTag },
  });

describe('A session with pasted numbers', () => {
  test.each([
    ['a phone between marks of direction', '2812961710040', '\u202d+381 64 123 4567\u202c'],
    ['a JMBG with a dash that does not break', '2812961\u2011710040', '+381641234567'],
    ['numbers in Arabic digits', '٢٨١٢٩٦١٧١٠٠٤٠', '+٣٨١٦٤١٢٣٤٥٦٧'],
    [
      'numbers of keycap emoji',
      '2812961710040'.replace(/\d/g, '$&\uFE0F\u20E3'),
      '+381641234567'.replace(/\d/g, '$&\uFE0F\u20E3'),
    ],
    ['a telephone link', '2812961710040', 'tel:+381-64-123-4567'],
    ['brackets of East Asia', '2812961710040', '＋381（0）64【123】4567'],
    ['minus signs and spaces of typesetters', '2812961−710040', '+381\u202f64\u2009123−4567'],
  ])('A session starts with %s', async (_what, number, phone) => {
    const answer = await start(jmbg, number, phone);
    expect([answer.statusCode, answer.body]).toMatchObject([201, expect.stringContaining('pending')]);
  });

  test('An identity card number with a hidden character is read', async () => {
    expect((await start(hkid, 'A123456\u200b(3)', '+85261234567')).statusCode).toBe(201);
    expect((await start(hkid, 'Ａ１２３４５６（３）', '6123\u200d 4567')).statusCode).toBe(201);
  });

  test('Two spellings of a phone are one phone, which can verify either session', async () => {
    const answer = await start(jmbg, '2812961710040', '\u2066+381\u00a064\u00ad1234568\u2069');
    const session = answer.json<Parameters<typeof codeOf>[0] & { token: string }>();
    await jmbg.text('+381641234568', codeOf(session));
    const headers = { authorization: `Bearer ${session.token}` };
    const state = await jmbg.app.inject({ url: '/v1/sessions/current?wait=5', headers });
    expect(state.json()).toMatchObject({ state: 'verified' });
  });

  test('Numbers that are wrong stay wrong', async () => {
    expect((await start(hkid, '\u0410123456(3)', '+85261234567')).json()).toMatchObject({ code: 'invalid-identity' });
    expect((await start(hkid, 'A123456(3)', '+85261234567 or +85261234568')).json()).toMatchObject({
      code: 'invalid-phone',
    });
    expect((await start(hkid, 'A123456(3)' + ' '.repeat(300), '+85261234567')).statusCode).toBe(400);
  });
});
