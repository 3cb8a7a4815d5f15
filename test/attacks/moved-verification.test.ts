// H3. The attacker has: the edge Redis, to read and to write, and a session of his own with the victim's phone. The victim's
// verification must not become his, wherever its value is written and whatever is published.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret } from '../../src/platform/keys/new-keys.ts';
import { attestedTime } from '../../src/protocol/proofs/attestation.ts';
import { textField, storedTextOf, textValue, textsChannel, textsKey } from '../../src/protocol/verification-events.ts';
import { phone } from '../support/identities.ts';
import { bearer, codeOf, startApi } from '../support/services/api.ts';
import type { Fixture } from '../support/services/api.ts';

let api: Fixture;
beforeAll(async () => {
  api = await startApi({ election: { identity: { scheme: 'phone-only' } } });
});
afterAll(() => api[Symbol.asyncDispose]());

const begin = (number: string) => api.session({ phone: number, identity: undefined });
const wait = (token: string, seconds: number) =>
  api.app.inject({ url: `/v1/sessions/current?wait=${seconds}`, headers: bearer(token) });

/** The victim texts. Returns the value in Redis, and the tags of the victim's code and of the attacker's. */
async function victimTexts(number: string) {
  const victim = await begin(number);
  const attacker = await begin(number);
  await api.text(number, codeOf(victim));
  const own = api.tagOf(codeOf(attacker));
  const victimTag = api.tagOf(codeOf(victim));
  const phoneKey = api.phoneKeyOf(number);
  const value = (await api.admin.hget(textsKey(phoneKey), textField(victimTag)))!;
  return { attacker, victim, own, victimTag, phoneKey, value };
}

describe('A verification in the edge Redis', () => {
  test('It verifies no other session of the phone when its value is written there', async () => {
    const { attacker, victim, own, phoneKey, value } = await victimTexts(phone(810_001));
    await api.admin.hset(textsKey(phoneKey), textField(own), value);
    expect((await wait(attacker.token, 0)).json()).toEqual({ state: 'pending' });
    expect((await wait(attacker.token, 1)).json()).toEqual({ state: 'pending' });
    expect((await wait(victim.token, 0)).json()).toMatchObject({ state: 'verified' });
  });

  test('It verifies no session of another phone when its value is written there', async () => {
    const { victimTag, value } = await victimTexts(phone(810_002));
    const other = phone(810_003);
    const session = await begin(other);
    const key = textsKey(api.phoneKeyOf(other));
    for (const tag of [victimTag, api.tagOf(codeOf(session))]) await api.admin.hset(key, textField(tag), value);
    expect((await wait(session.token, 0)).json()).toEqual({ state: 'pending' });
  });

  test('It verifies no other session when it is published with another tag or phone', async () => {
    const { attacker, own, victimTag, phoneKey, value } = await victimTexts(phone(810_004));
    const text = storedTextOf(phoneKey, victimTag, value)!;
    const polling = wait(attacker.token, 2);
    await expect.poll(async () => /popvote_waiters\S* (\d+)/.exec(await api.metrics())?.[1]).toBe('1');
    const forged = { ...text, attestation: { ...text.attestation, binding: own } };
    for (const event of [text, forged]) await api.admin.publish(textsChannel, JSON.stringify(event));
    expect((await polling).json()).toEqual({ state: 'pending' });
  });

  test('An invented one verifies no session', async () => {
    const number = phone(810_005);
    const session = await begin(number);
    const codeTag = api.tagOf(codeOf(session));
    const phoneKey = api.phoneKeyOf(number);
    const verifiedAtMs = attestedTime(Date.now());
    const attestation = { method: 'text-in' as const, binding: codeTag, verifiedAtMs, mac: newSecret() };
    const value = textValue({ phoneKey, attestation, check: newSecret().slice(0, 11) });
    await api.admin.hset(textsKey(phoneKey), textField(codeTag), value);
    expect((await wait(session.token, 0)).json()).toEqual({ state: 'pending' });
  });
});
