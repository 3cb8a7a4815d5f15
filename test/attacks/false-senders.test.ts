// C2. The attacker has: the webhook secret of one gateway (so any sender can be named) and the public API; in the second part
// also everything of `api` (its keys and its right to call `sms`). No phone of the attacker gets a text. Where a code is sent
// back, phones that the attacker invents cast nothing, and no phone that did not text gets a code.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret } from '../../src/platform/keys/new-keys.ts';
import { createPrivateClient } from '../../src/platform/private-calls/private-calls.ts';
import type { PrivateClient } from '../../src/platform/private-calls/private-calls.ts';
import type { App } from '../../src/platform/http/http.ts';
import { contentHash } from '../../src/platform/content-hash.ts';
import type { VerificationMethod } from '../../src/domain/verification-methods.ts';
import { attestedMs } from '../../src/protocol/proofs/attestation.ts';
import type { Attestation } from '../../src/protocol/proofs/attestation.ts';
import { bindingBytes } from '../../src/protocol/proofs/session-binding.ts';
import type { PendingSession } from '../../src/protocol/public-api.ts';
import { checkCodeAnswer, sendCodeAnswer, textCodesAnswer } from '../../src/protocol/sms-service.ts';
import { storedTextOf, textField, textsKey } from '../../src/protocol/verification-events.ts';
import { signedHeaders, webhookKey } from '../../src/services/sms/providers/webhook-signature.ts';
import { ballot } from '../support/elections.ts';
import { hkid } from '../support/identities.ts';
import { createIntake } from '../support/intake.ts';
import type { Intake } from '../support/intake.ts';
import { bearer, codeOf, startApi } from '../support/services/api.ts';
import type { Fixture } from '../support/services/api.ts';
import { newPhone, simulatorNumber, startSms, textsOf } from '../support/services/sms.ts';
import type { Sms } from '../support/services/sms.ts';
import { castTagOf, newSid } from '../support/voter/proofs.ts';

const secret = `whsec_${randomBytes(24).toString('base64')}`;
const gatewayNumber = '+85255550199';
const providers = [
  { kind: 'webhook', name: 'gateway', secrets: [secret], number: gatewayNumber },
  { kind: 'simulator', number: simulatorNumber },
];
const phonesInvented = 20;

let intake: Intake;
let ballots: App;
let client: PrivateClient;
let sms: Sms;
let confirmed: Fixture;
let textOnly: Fixture;
let nowMs: number | undefined;
beforeAll(async () => {
  intake = await createIntake();
  ballots = await intake.app();
  await intake.epoch();
  const origin = await ballots.listen({ host: '127.0.0.1', port: 0 });
  const { keys } = intake;
  client = createPrivateClient({
    origin,
    service: 'ballots',
    caller: { name: 'api', jwk: keys.api.caller },
    clock: Date.now,
  });
  sms = await startSms({ keys, providers, clock: () => nowMs ?? Date.now() });
  [confirmed, textOnly] = await Promise.all([open('text-in-confirmed'), open('text-in')]);
});
afterAll(async () => {
  await Promise.all([confirmed, textOnly].map((api) => api[Symbol.asyncDispose]()));
  await client.close();
  await sms[Symbol.asyncDispose]();
  await intake[Symbol.asyncDispose]();
});

/** The public API before the real `sms` and `ballots`, with one election. */
async function open(method: VerificationMethod): Promise<Fixture> {
  const verification = { methods: [method], verifiedSecondsMax: 900 };
  const api = await startApi({ keys: intake.keys, sms: sms.client, ballots: client, election: { verification } });
  expect((await intake.create(ballots, api.election)).status).toBe(200);
  return api;
}

/** A text that the gateway never received, from any sender. */
async function forge(from: string, digits: string): Promise<void> {
  const data = { from, to: gatewayNumber, body: digits };
  const body = JSON.stringify({ type: 'text.received', timestamp: new Date().toISOString(), data });
  const signature = signedHeaders([webhookKey(secret)], randomUUID(), nowMs ?? Date.now(), body);
  const headers = { 'content-type': 'application/json', ...signature };
  expect((await fetch(`${sms.publicUrl}/webhooks/gateway`, { method: 'POST', headers, body })).status).toBe(200);
}

const ask = async (api: Fixture, method: 'GET' | 'POST', path: string, token: string, payload?: object) => {
  const answer = await api.app.inject({ method, url: path, headers: bearer(token), ...(payload && { payload }) });
  return { status: answer.statusCode, body: answer.json<{ state?: string; token?: string; code?: string }>() };
};

/** One vote of an invented phone, as far as the attacker gets. */
async function attack(api: Fixture, n: number): Promise<number> {
  const method = api.election.verification.methods[0];
  const phone = newPhone();
  const ballotKey = newSecret();
  const identity = { number: hkid(640_000 + n) };
  const session: PendingSession = await api.session({ phone, method, identity, castTag: castTagOf(ballotKey) });
  await forge(phone, codeOf(session));
  const state = await ask(api, 'GET', '/v1/sessions/current?wait=0', session.token);
  const next =
    state.body.state === 'texted' && (await ask(api, 'POST', '/v1/sessions/current/resend', session.token, {}));
  const tokens = [state.body.token, next && next.body.token, session.token].filter(
    (token) => typeof token === 'string',
  );
  for (const code of ['00000000', '12345678', codeOf(session)]) {
    for (const token of tokens) {
      const checked = await ask(api, 'POST', '/v1/sessions/current/code', token, { code });
      if (checked.body.token) tokens.unshift(checked.body.token);
    }
  }
  const casts = tokens.map((token) => ask(api, 'POST', '/v1/ballots', token, { ballotKey, ballot: ballot() }));
  return (await Promise.all(casts)).filter(({ status }) => status === 201).length;
}

const participation = async ({ election }: Fixture): Promise<unknown> =>
  (await intake.call(ballots, 'GET', `/private/elections/${election.id}/counts`)).body['participation'];

describe('A gateway that invents texts', () => {
  test('It casts nothing where a code is sent back: 20 of 20 invented phones are refused', async () => {
    const casts = await Promise.all(Array.from({ length: phonesInvented }, (_, n) => attack(confirmed, n)));
    expect(casts).toEqual(Array.from({ length: phonesInvented }, () => 0));
    expect(await participation(confirmed)).toBe(0);
  });

  test('It casts for each phone where a text alone proves it, which the threat model says', async () => {
    const casts = await Promise.all(Array.from({ length: phonesInvented }, (_, n) => attack(textOnly, n)));
    expect(casts).toEqual(Array.from({ length: phonesInvented }, () => 1));
    expect(await participation(textOnly)).toBe(phonesInvented);
  });
});

const newSession = (phone: string) => ({
  electionId: confirmed.election.id,
  sid: newSid(),
  identity: newSecret(),
  phoneKey: sms.phoneKey(phone),
  ballotKey: newSecret(),
});
type Session = ReturnType<typeof newSession>;
const bindingOf = ({ ballotKey, ...session }: Session): string =>
  contentHash(bindingBytes({ ...session, castTag: castTagOf(ballotKey) }));
const cast = async (session: Session, attestation: Attestation): Promise<number> =>
  (await intake.castAt(ballots, { ...session, attestation, ballot: ballot() })).status;

/** The proof that the phone texted the code of the session. */
async function texted(phone: string, session: Session): Promise<Attestation> {
  const items = [{ phoneKey: session.phoneKey, binding: bindingOf(session) }];
  const call = { path: '/private/text-codes', body: { items }, answer: textCodesAnswer, msMax: 5_000 };
  const [{ code, codeTag } = { code: '', codeTag: '' }] = (await sms.client.call({ method: 'POST', ...call })).codes;
  await forge(phone, code);
  const value = await sms.admin.hget(textsKey(session.phoneKey), textField(codeTag));
  return storedTextOf(session.phoneKey, codeTag, value)!.attestation;
}

const send = (path: string, phone: string, session: Session, more: object = {}) => {
  const body = { phone, title: 'Budget', rehearsal: true, binding: bindingOf(session), ...more };
  return sms.client.call({ method: 'POST', path, body, answer: sendCodeAnswer, msMax: 5_000 });
};
const confirm = (phone: string, session: Session, text: unknown) =>
  send('/private/confirmations', phone, session, { text });
const enter = async (phone: string, session: Session, challenge: string): Promise<Attestation> => {
  const code = (await textsOf(sms, phone))[0]!.body.slice(0, 8);
  const body = { challenge, phoneKey: session.phoneKey, code };
  const call = { path: '/private/codes/check', body, answer: checkCodeAnswer, msMax: 5_000 };
  return (await sms.client.call({ method: 'POST', ...call })).attestation;
};

describe('A program with the keys of api', () => {
  test('It has no code sent back without the text of this session from this phone', async () => {
    const phone = newPhone();
    const other = newPhone();
    const session = newSession(phone);
    const second = newSession(phone);
    const foreign = newSession(other);
    const texts = {
      none: undefined,
      'of another session': await texted(phone, second),
      'of another phone': await texted(other, foreign),
    };
    await expect(confirm(phone, session, texts.none)).rejects.toMatchObject({ code: 'invalid-request' });
    for (const text of [texts['of another session'], texts['of another phone']]) {
      for (const changed of [text, { ...text, method: 'code' }, { ...text, binding: bindingOf(session) }]) {
        await expect(confirm(phone, session, changed)).rejects.toMatchObject({ code: 'code-expired' });
      }
    }
    const own = await texted(phone, session);
    await expect(confirm(other, session, own)).rejects.toMatchObject({ code: 'code-expired' });
    await expect(confirm(phone, session, { ...own, mac: newSecret() })).rejects.toMatchObject({ code: 'code-expired' });
    const later = { ...own, verifiedAtMs: own.verifiedAtMs + attestedMs };
    await expect(confirm(phone, session, later)).rejects.toMatchObject({ code: 'code-expired' });
    expect([...(await textsOf(sms, phone)), ...(await textsOf(sms, other))]).toEqual([]);
    await confirm(phone, session, own);
    expect(await textsOf(sms, phone)).toHaveLength(1);
  });

  test('It has no code sent back for a text that is older than a code lives', async () => {
    const phone = newPhone();
    const session = newSession(phone);
    const text = await texted(phone, session);
    nowMs = text.verifiedAtMs + 11 * attestedMs;
    try {
      await expect(confirm(phone, session, text)).rejects.toMatchObject({ code: 'code-expired' });
      expect(await textsOf(sms, phone)).toEqual([]);
      nowMs -= 1;
      await confirm(phone, session, text);
    } finally {
      nowMs = undefined;
    }
  });

  test('It casts with no text alone, no code without a text, and no proof of another session', async () => {
    const phone = newPhone();
    const session = newSession(phone);
    const text = await texted(phone, session);
    for (const method of ['text-in', 'text-in-confirmed', 'code'] as const) {
      expect(await cast(session, { ...text, method })).toBe(401);
    }
    const uninvited = newPhone();
    const coded = newSession(uninvited);
    const { challenge } = await send('/private/codes', uninvited, coded);
    const byCode = await enter(uninvited, coded, challenge);
    expect(byCode.method).toBe('code');
    for (const method of ['code', 'text-in-confirmed'] as const) {
      expect(await cast(coded, { ...byCode, method })).toBe(401);
    }
    const proof = await enter(phone, session, (await confirm(phone, session, text)).challenge);
    expect(proof).toMatchObject({ method: 'text-in-confirmed', binding: bindingOf(session) });
    for (const change of [{ sid: newSid() }, { identity: newSecret() }, { ballotKey: newSecret() }]) {
      expect(await cast({ ...session, ...change }, proof)).toBe(401);
    }
    expect(await cast({ ...session, electionId: textOnly.election.id }, proof)).toBe(401);
    expect(await cast(session, proof)).toBe(200);
  });
});
