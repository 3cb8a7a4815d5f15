// Codes back: one text for one session however often it is asked for, capped apart from the codes that anyone can ask for,
// and sent by another provider than the one that receives.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newRing, newSecret } from '../../../src/platform/keys/new-keys.ts';
import { attestedTime } from '../../../src/protocol/proofs/attestation.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import { checkCodeAnswer, sendCodeAnswer } from '../../../src/protocol/sms-service.ts';
import { createAttest } from '../../../src/services/sms/attestations.ts';
import { createProves } from '../../../src/platform/keys/phone-proofs.ts';
import { createTextCodes } from '../../../src/platform/keys/text-codes.ts';
import { allSenders, sendersBack } from '../../../src/services/sms/providers/senders.ts';
import { endPause, newPhone, startSms, textsOf } from '../../support/services/sms.ts';
import type { Sms } from '../../support/services/sms.ts';

let sms: Sms;
let second: Sms;
const environment = { SMS_CODES_PER_PREFIX_HOUR: '1' };
beforeAll(async () => {
  sms = await startSms({ environment });
  second = await startSms({ environment, keys: sms.keys });
});
afterAll(async () => {
  await second[Symbol.asyncDispose]();
  await sms[Symbol.asyncDispose]();
});

/** A session whose phone texted its code. */
function session(phone = newPhone(), atMs = Date.now()) {
  const use = { phoneKey: sms.phoneKey(phone), binding: newSecret() };
  const { codeTag } = createTextCodes(sms.keys.sms.codes).make(use, atMs);
  const text = createAttest(sms.keys.sms.attestations)('text-in', use.phoneKey, codeTag, atMs);
  return { phone, text, ...use };
}
const confirm = ({ phone, text, binding }: ReturnType<typeof session>, at = sms) =>
  at.client.call({
    method: 'POST',
    path: '/private/confirmations',
    body: { phone, text, binding, locale: 'en', title: 'Budget', rehearsal: true },
    answer: sendCodeAnswer,
    msMax: 9_000,
  });
const check = async ({ phone }: { phone: string }, challenge: string, code: string) => {
  const body = { challenge, phoneKey: sms.phoneKey(phone), code };
  const call = { path: '/private/codes/check', body, answer: checkCodeAnswer, msMax: 9_000 };
  return (await sms.client.call({ method: 'POST', ...call })).attestation;
};
const codeIn = ({ body }: { body: string }): string => body.slice(0, 8);

describe('A code back', () => {
  test('It is sent to the phone that texted, and proves the session by its own method', async () => {
    const voter = session();
    const { challenge, resendAfter, expiresAt } = await confirm(voter);
    const [text] = await textsOf(sms, voter.phone);
    expect(text!.body).toMatch(/^\d{8} is your code for the REHEARSAL vote "Budget"/);
    expect(Date.parse(resendAfter)).toBeGreaterThan(Date.now() + 20_000);
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(Date.now() + 600_000);
    expect(await check(voter, challenge, codeIn(text!))).toMatchObject({
      method: 'text-in-confirmed',
      binding: voter.binding,
      verifiedAtMs: attestedTime(Date.now()),
    });
  });

  test('It is sent for an election of an older phone key, and proves the session under that key', async () => {
    const keys = { ...sms.keys, sms: { ...sms.keys.sms, phone: [...newRing(), ...sms.keys.sms.phone] } };
    await using rotated = await startSms({ environment, keys });
    const voter = session();
    const { challenge } = await confirm(voter, rotated);
    const [text] = await textsOf(rotated, voter.phone);
    const body = { challenge, phoneKey: voter.phoneKey, code: codeIn(text!) };
    const call = { method: 'POST', path: '/private/codes/check', answer: checkCodeAnswer, msMax: 9_000 } as const;
    const { attestation } = await rotated.client.call({ ...call, body });
    expect(attestation).toMatchObject({ method: 'text-in-confirmed', binding: voter.binding });
    const proves = createProves(sms.keys.ballots);
    expect(proves(attestation, { phoneKey: voter.phoneKey, binding: voter.binding })).toBe(true);
  });

  test('It is one text for many calls in the pause, in every process, and each answer takes the code', async () => {
    const voter = session();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => confirm(voter, n % 2 === 0 ? sms : second)));
    const texts = [...(await textsOf(sms, voter.phone)), ...(await textsOf(second, voter.phone))];
    expect(texts).toHaveLength(1);
    for (const { challenge } of answers) {
      expect((await check(voter, challenge, codeIn(texts[0]!))).method).toBe('text-in-confirmed');
    }
  });

  test('After the pause the same code is sent again, and tries of all its challenges are counted together', async () => {
    const voter = session();
    const first = await confirm(voter);
    await endPause(sms, first.challenge);
    const again = await confirm(voter);
    const texts = await textsOf(sms, voter.phone);
    expect(texts).toHaveLength(2);
    expect(codeIn(texts[0]!)).toBe(codeIn(texts[1]!));
    const wrong = String((Number(codeIn(texts[0]!)) + 1) % 1e8).padStart(8, '0');
    for (let n = 0; n < 5; n += 1) {
      const { challenge } = n % 2 === 0 ? first : again;
      await expect(check(voter, challenge, wrong)).rejects.toMatchObject({ code: 'wrong-code' });
    }
    await expect(check(voter, first.challenge, codeIn(texts[0]!))).rejects.toMatchObject({ code: 'too-many-tries' });
    await expect(confirm(voter)).rejects.toMatchObject({ code: 'too-many-tries' });
  });

  test('It differs from the codes of other sessions of the same phone', async () => {
    const phone = newPhone();
    const sessions = [session(phone), session(phone)];
    for (const voter of sessions) await confirm(voter);
    const codes = (await textsOf(sms, phone)).map(codeIn);
    expect(new Set(codes).size).toBe(2);
  });
});

describe('The caps of codes back', () => {
  test('A phone gets three in an hour, and then the true time, whatever strangers had sent to it', async () => {
    const phone = newPhone();
    const request = { phone, title: 'Budget', rehearsal: true, binding: newSecret() };
    const code = {
      method: 'POST',
      path: '/private/codes',
      body: request,
      answer: sendCodeAnswer,
      msMax: 9_000,
    } as const;
    await sms.client.call(code);
    // The block of numbers is at its cap, which is for strangers only.
    await expect(sms.client.call(code)).rejects.toMatchObject({ code: 'code-unavailable' });
    for (let n = 0; n < 3; n += 1) await confirm(session(phone));
    await expect(confirm(session(phone))).rejects.toMatchObject({ code: 'too-many-codes' });
    const refused: unknown = await confirm(session(phone)).catch((error: unknown) => error);
    const retryAfterSeconds = refused instanceof Problem ? refused.extras.retryAfterSeconds : undefined;
    expect(retryAfterSeconds).toBeGreaterThan(3_500);
    expect(retryAfterSeconds).toBeLessThanOrEqual(3_600);
    expect(await textsOf(sms, phone)).toHaveLength(4);
  });

  test('A call that a cap refused is no answer to the next one: nothing is said to be sent', async () => {
    const phone = newPhone();
    for (let n = 0; n < 3; n += 1) await confirm(session(phone));
    const voter = session(phone);
    for (let n = 0; n < 2; n += 1) await expect(confirm(voter)).rejects.toMatchObject({ code: 'too-many-codes' });
  });
});

test('A code back goes by providers that receive no texts, else not by the one whose number voters see', () => {
  const inbound = { number: '+85255550123' } as never;
  const outbound = { msMax: 1 } as never;
  const both = (name: string) => ({ name, inbound, outbound });
  const receives = { name: 'receives', inbound };
  const sends = { name: 'sends', outbound };
  const back = (...list: Parameters<typeof sendersBack>[0]) => [...sendersBack(list)];
  expect(back(both('a'), sends, both('b'))).toEqual(['sends']);
  expect(back(both('a'), both('b'))).toEqual(['b']);
  expect(back(receives, both('b'))).toEqual(['b']);
  expect(back(both('a'))).toEqual(['a']);
  expect(back(receives)).toEqual([]);
  expect([...allSenders([both('a'), receives, sends])]).toEqual(['a', 'sends']);
});
