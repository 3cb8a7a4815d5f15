// H7. The attacker has: everything of `api` (its keys, its right to call `sms` and `ballots`, the edge Redis), and no key of
// `sms`. A phone that proved one session must cast in no other: no other election, identity, ballot key, session or phone.
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from '../../src/platform/http/http.ts';
import { newSecret } from '../../src/platform/keys/new-keys.ts';
import { contentHash } from '../../src/platform/content-hash.ts';
import { attestationText, attestedTime } from '../../src/protocol/proofs/attestation.ts';
import type { Attestation } from '../../src/protocol/proofs/attestation.ts';
import { bindingBytes } from '../../src/protocol/proofs/session-binding.ts';
import { checkCodeAnswer, sendCodeAnswer, textCodesAnswer } from '../../src/protocol/sms-service.ts';
import { textField, storedTextOf, textsKey } from '../../src/protocol/verification-events.ts';
import { ballot } from '../support/elections.ts';
import { createIntake, newElection } from '../support/intake.ts';
import type { Intake } from '../support/intake.ts';
import { newPhone, sendText, startSms, textsOf } from '../support/services/sms.ts';
import type { Sms } from '../support/services/sms.ts';
import { castTagOf, newSid } from '../support/voter/proofs.ts';

let intake: Intake;
let ballots: App;
let sms: Sms;
let electionId: string;
let otherElection: string;
beforeAll(async () => {
  intake = await createIntake();
  ballots = await intake.app();
  await intake.epoch();
  sms = await startSms({ keys: intake.keys });
  [electionId, otherElection] = await Promise.all([open(), open()]);
});
afterAll(async () => {
  await sms[Symbol.asyncDispose]();
  await intake[Symbol.asyncDispose]();
});

async function open(): Promise<string> {
  const election = newElection();
  await intake.create(ballots, election);
  return election.id;
}

const newSession = (phone: string) => ({
  electionId,
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

/** What `sms` shows for a session, as `api` asks for it. */
async function codeFor(session: Session): Promise<{ code: string; codeTag: string }> {
  const items = [{ phoneKey: session.phoneKey, binding: bindingOf(session) }];
  const call = { path: '/private/text-codes', body: { items }, answer: textCodesAnswer, msMax: 5_000 };
  return (await sms.client.call({ method: 'POST', ...call })).codes[0]!;
}

/** The proof that a phone leaves in Redis when it texts these digits. */
async function texted(phone: string, digits: string): Promise<Attestation> {
  expect((await sendText(sms, phone, digits)).status).toBe(202);
  const phoneKey = sms.phoneKey(phone);
  const codeTag = sms.codeTag(digits);
  const value = await sms.admin.hget(textsKey(phoneKey), textField(codeTag));
  return storedTextOf(phoneKey, codeTag, value)!.attestation;
}

/** The proof for a code that was sent to the phone and entered. */
async function entered(phone: string, session: Session): Promise<Attestation> {
  const body = { phone, title: 'Budget', rehearsal: true, binding: bindingOf(session) };
  const sending = { path: '/private/codes', body, answer: sendCodeAnswer, msMax: 5_000 };
  const { challenge } = await sms.client.call({ method: 'POST', ...sending });
  const code = (await textsOf(sms, phone))[0]!.body.slice(0, 8);
  const guess = { challenge, phoneKey: session.phoneKey, code };
  const checking = { path: '/private/codes/check', body: guess, answer: checkCodeAnswer, msMax: 5_000 };
  return (await sms.client.call({ method: 'POST', ...checking })).attestation;
}

const prove = {
  'text-in': async (phone: string, session: Session) => texted(phone, (await codeFor(session)).code),
  code: entered,
};

describe.each(['text-in', 'code'] as const)('A phone that proved one session by %s', (method) => {
  test.each<[string, () => Partial<Session>]>([
    ['election', () => ({ electionId: otherElection })],
    ['identity', () => ({ identity: newSecret() })],
    ['ballot key', () => ({ ballotKey: newSecret() })],
    ['session', () => ({ sid: newSid() })],
    ['phone', () => ({ phoneKey: sms.phoneKey(newPhone()) })],
  ])('It casts with no other %s', async (_part, change) => {
    const phone = newPhone();
    const session = newSession(phone);
    const proof = await prove[method](phone, session);
    expect(await cast({ ...session, ...change() }, proof)).toBe(401);
    expect(await cast(session, proof)).toBe(200);
  });

  test('Its proof is none of the other method', async () => {
    const phone = newPhone();
    const session = newSession(phone);
    const proof = await prove[method](phone, session);
    expect(await cast(session, { ...proof, method: method === 'code' ? 'text-in' : 'code' })).toBe(401);
  });
});

describe('One text proves one cast', () => {
  test('A text of other digits proves nothing, whatever session the attacker chooses', async () => {
    const phone = newPhone();
    const proof = await texted(phone, '48291375');
    for (let sessions = 0; sessions < 50; sessions += 1) expect(await cast(newSession(phone), proof)).toBe(401);
  });

  test('The code of a session proves nothing from another phone', async () => {
    const claimed = newPhone();
    const other = newPhone();
    const session = newSession(claimed);
    const { code } = await codeFor(session);
    const proof = await texted(other, code);
    expect(await cast(session, proof)).toBe(401);
    expect(await cast({ ...session, phoneKey: sms.phoneKey(other) }, proof)).toBe(401);
  });

  test('A second session of the same voter has another code, and the old text does not prove it', async () => {
    const phone = newPhone();
    const first = newSession(phone);
    const second = { ...first, sid: newSid() };
    const one = await codeFor(first);
    const two = await codeFor(second);
    expect(one.code).not.toBe(two.code);
    const proof = await texted(phone, one.code);
    expect(await cast(second, proof)).toBe(401);
    expect(await cast(second, { ...proof, binding: two.codeTag })).toBe(401);
    expect(await cast(first, proof)).toBe(200);
  });

  test('No key of api makes a proof', async () => {
    const phone = newPhone();
    const session = newSession(phone);
    const { codeTag } = await codeFor(session);
    const { identity, limits, phone: phoneSecret, tokens, caller } = intake.keys.api;
    const rings = [...identity, ...phoneSecret, ...tokens].map(({ key }) => key);
    for (const key of [...rings, limits, caller.d]) {
      const attested = { method: 'text-in' as const, binding: codeTag, verifiedAtMs: attestedTime(Date.now()) };
      const text = attestationText(session.phoneKey, attested);
      const mac = createHmac('sha256', Buffer.from(key, 'base64url')).update(text).digest('base64url');
      expect(await cast(session, { ...attested, mac })).toBe(401);
    }
  });
});

test('A phone is proven only by a method that the election names', async () => {
  const election = newElection({ verification: { methods: ['text-in'], verifiedSecondsMax: 900 } });
  await intake.create(ballots, election);
  const phone = newPhone();
  const session = { ...newSession(phone), electionId: election.id };
  expect(await cast(session, await entered(phone, session))).toBe(401);
  expect(await cast(session, await prove['text-in'](phone, session))).toBe(200);
});
