// The codes that voters text in come from `sms`: one call for all sessions of a moment, each with a code of its own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { textCodesAnswer, textCodesMax } from '../../../src/protocol/sms-service.ts';
import { hkid, phone } from '../../support/identities.ts';
import { codeOf, startApi } from '../../support/services/api.ts';
import type { Fixture } from '../../support/services/api.ts';
import { startSms } from '../../support/services/sms.ts';
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
    expect(await sms.metrics()).toContain(`popvote_sms_text_codes_total{service="sms"} ${textCodesMax}`);
  });
});
