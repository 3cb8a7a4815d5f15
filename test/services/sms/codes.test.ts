// Codes by text: sent, sent again, checked, guessed at, and asked for by those who may not.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { hashKey, keyedHash } from '../../../src/platform/keys/keyed-hash.ts';
import { createPrivateClient } from '../../../src/platform/private-calls/private-calls.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { attestationText, attestedTime } from '../../../src/protocol/proofs/attestation.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import { smsChannels, checkCodeAnswer, sendCodeAnswer } from '../../../src/protocol/sms-service.ts';
import type { SendCodeAnswer } from '../../../src/protocol/sms-service.ts';
import { until } from '../../support/until.ts';
import { endPause, newPhone, simulatorNumber, startSms, textsOf } from '../../support/services/sms.ts';
import type { Sms } from '../../support/services/sms.ts';

let sms: Sms;
let nowMs = Date.now();
const environment = {
  SMS_CODES_PER_PHONE_HOUR: '50',
  SMS_CODES_PER_PHONE_DAY: '50',
  SMS_CODES_PER_PREFIX_HOUR: '10000',
};
beforeAll(async () => {
  sms = await startSms({ clock: () => nowMs, environment });
});
afterAll(() => sms[Symbol.asyncDispose]());

const binding = newSecret();
const sendCode = (phone: string, from = sms): Promise<SendCodeAnswer> =>
  from.client.call({
    method: 'POST',
    path: '/private/codes',
    body: { phone, locale: 'en', title: 'Budget', rehearsal: true, binding },
    answer: sendCodeAnswer,
    msMax: 9_000,
  });
const resend = (challenge: string): Promise<SendCodeAnswer> =>
  sms.client.call({
    method: 'POST',
    path: '/private/codes/resend',
    body: { challenge },
    answer: sendCodeAnswer,
    msMax: 9_000,
  });
const check = (phone: string, challenge: string, code: string) =>
  sms.client.call({
    method: 'POST',
    path: '/private/codes/check',
    body: { challenge, phoneKey: sms.phoneKey(phone), code },
    answer: checkCodeAnswer,
    msMax: 9_000,
  });
const codeOf = async (phone: string, from = sms): Promise<string> => (await textsOf(from, phone))[0]!.body.slice(0, 8);
const wrong = (code: string): string => String((Number(code) + 1) % 1e8).padStart(8, '0');
const problem = (work: Promise<unknown>): Promise<Problem> =>
  work.then(
    () => {
      throw new Error('It was not refused.');
    },
    (error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    },
  );

test('A code of eight digits is texted, hidden from api, and gives an attestation for that phone', async () => {
  const phone = newPhone();
  const answer = await sendCode(phone);
  const [text] = await textsOf(sms, phone);
  expect(text).toMatchObject({ from: simulatorNumber });
  expect(text!.body).toMatch(/^\d{8} is your code for the REHEARSAL vote "Budget"\. Never share it/);
  const code = await codeOf(phone);
  expect(JSON.stringify(answer)).not.toContain(code);
  expect(Buffer.from(answer.challenge.split('.')[3]!, 'base64url').toString('latin1')).not.toContain(code);
  expect(Date.parse(answer.resendAfter) - nowMs).toBe(30_000);
  expect(Date.parse(answer.expiresAt) - nowMs).toBeGreaterThan(598_000);
  const { attestation } = await check(phone, answer.challenge, code);
  const attested = { method: 'code' as const, binding, verifiedAtMs: attestedTime(nowMs) };
  expect(attestation).toMatchObject(attested);
  const input = attestationText(sms.phoneKey(phone), attested);
  expect(attestation.mac).toBe(keyedHash(hashKey(sms.keys.ballots.attestations[0]!.key), input));
});

test('A right code is right again within its life, because its answer may have been lost', async () => {
  const phone = newPhone();
  const { challenge } = await sendCode(phone);
  const code = await codeOf(phone);
  for (let n = 0; n < 8; n += 1) await check(phone, challenge, code);
});

test('Codes are not predictable: a hundred of them differ', async () => {
  const codes = new Set<string>();
  for (let n = 0; n < 100; n += 1) {
    const phone = newPhone();
    await sendCode(phone);
    codes.add(await codeOf(phone));
  }
  expect(codes.size).toBeGreaterThan(95);
});

test('A wrong code says how many tries remain, and after five there are none even for the right one', async () => {
  const phone = newPhone();
  const { challenge } = await sendCode(phone);
  const code = await codeOf(phone);
  const triesLeft: (number | undefined)[] = [];
  for (let n = 0; n < 5; n += 1) {
    const refused = await problem(check(phone, challenge, wrong(code)));
    expect(refused.code).toBe('wrong-code');
    triesLeft.push(refused.extras.triesLeft);
  }
  expect(triesLeft).toEqual([4, 3, 2, 1, 0]);
  expect((await problem(check(phone, challenge, code))).code).toBe('too-many-tries');
  expect((await problem(resend(challenge))).code).toBe('too-many-tries');
});

test('Forty guesses at the same time are five guesses', async () => {
  const phone = newPhone();
  const { challenge } = await sendCode(phone);
  const code = await codeOf(phone);
  const rejections = await Promise.all(Array.from({ length: 40 }, () => problem(check(phone, challenge, wrong(code)))));
  const codes = rejections.map((refused) => refused.code);
  expect(codes.filter((each) => each === 'wrong-code')).toHaveLength(5);
  expect(codes.filter((each) => each === 'too-many-tries')).toHaveLength(35);
});

test('Wrong codes of strangers keep no one from the next code of the phone', async () => {
  const phone = newPhone();
  for (let round = 0; round < 3; round += 1) {
    const { challenge } = await sendCode(phone);
    const code = await codeOf(phone);
    for (let n = 0; n < 5; n += 1) await problem(check(phone, challenge, wrong(code)));
    const refused = await problem(check(phone, challenge, code));
    expect(refused).toMatchObject({ code: 'too-many-tries' });
    expect(refused.extras.retryAfterSeconds).toBeGreaterThan(590);
  }
  const { challenge } = await sendCode(phone);
  await check(phone, challenge, await codeOf(phone));
});

test('A code counts for the phone that it was sent to and for no other', async () => {
  const phone = newPhone();
  const other = newPhone();
  const { challenge } = await sendCode(phone);
  expect((await problem(check(other, challenge, await codeOf(phone)))).code).toBe('code-expired');
});

test('After ten minutes a code is over, to check and to send again', async () => {
  const phone = newPhone();
  const { challenge } = await sendCode(phone);
  const code = await codeOf(phone);
  nowMs += 601_000;
  expect((await problem(check(phone, challenge, code))).code).toBe('code-expired');
  expect((await problem(resend(challenge))).code).toBe('code-expired');
  expect((await problem(check(phone, 'no challenge at all', code))).code).toBe('code-expired');
});

test('Sending again sends the same code, and not before half a minute', async () => {
  const phone = newPhone();
  const first = await sendCode(phone);
  const early = await problem(resend(first.challenge));
  expect(early.code).toBe('too-many-requests');
  expect(await textsOf(sms, phone)).toHaveLength(1);
  await endPause(sms, first.challenge);
  const again = await resend(first.challenge);
  const [second, original] = await textsOf(sms, phone);
  expect(second!.body).toBe(original!.body);
  expect(again.expiresAt).toBe(first.expiresAt);
  await check(phone, again.challenge, await codeOf(phone));
});

test('A number that is no mobile of an allowed country is not texted', async () => {
  for (const phone of ['+85223456789', '+12025550123', '+381112345678', '+8821612345678']) {
    expect((await problem(sendCode(phone))).code).toBe('code-unavailable');
    expect(await textsOf(sms, phone).catch(() => [])).toHaveLength(0);
  }
  await sendCode('+381641234567');
});

test('The channels name the number to text to and say that codes can be sent', async () => {
  const call = { method: 'GET', path: '/private/channels', answer: smsChannels, msMax: 2_000 } as const;
  expect(await sms.client.call(call)).toEqual({
    textIn: { sendTo: simulatorNumber },
    code: { available: true },
    confirmation: { available: true },
  });
});

test('Past the budget of wrong codes, sending stops and texting in remains', async () => {
  await using own = await startSms({ environment: { SMS_FAILURES_PER_HOUR: '3' } });
  const phone = newPhone();
  const { challenge } = await sendCode(phone, own);
  const code = await codeOf(phone, own);
  for (let n = 0; n < 3; n += 1) {
    const body = { challenge, phoneKey: own.phoneKey(phone), code: wrong(code) };
    const call = { method: 'POST', path: '/private/codes/check', body, answer: checkCodeAnswer, msMax: 2_000 } as const;
    expect((await problem(own.client.call(call))).code).toBe('wrong-code');
  }
  expect((await problem(sendCode(newPhone(), own))).code).toBe('code-unavailable');
  const call = { method: 'GET', path: '/private/channels', answer: smsChannels, msMax: 2_000 } as const;
  // The answer is kept for a moment, and the report of the providers may just have asked.
  await until(async () => !(await own.client.call(call)).code.available, 'codes are not offered');
  expect((await own.client.call(call)).textIn).toEqual({ sendTo: simulatorNumber });
});

test('Only api may call: anonymous, foreign and other services are rejected', async () => {
  const body = { phone: newPhone(), title: 'Budget', rehearsal: true, binding: newSecret() };
  const bare = await fetch(`${sms.privateUrl}/private/codes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(bare.status).toBe(403);
  const caller = { name: 'elections', jwk: sms.keys.elections.caller } as const;
  const foreign = createPrivateClient({ origin: sms.privateUrl, service: 'sms', caller, clock: systemClock });
  const call = { method: 'POST', path: '/private/codes', body, answer: sendCodeAnswer, msMax: 2_000 } as const;
  expect((await problem(foreign.call(call))).code).toBe('not-admitted');
  const otherAudience = createPrivateClient({
    origin: sms.privateUrl,
    service: 'ballots',
    caller: { name: 'api', jwk: sms.keys.api.caller },
    clock: systemClock,
  });
  expect((await problem(otherAudience.call(call))).code).toBe('not-admitted');
  await Promise.all([foreign.close(), otherAudience.close()]);
  for (const path of ['/private/codes', '/private/channels', '/metrics']) {
    expect((await fetch(`${sms.publicUrl}${path}`)).status).toBe(404);
  }
});
