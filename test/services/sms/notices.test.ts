// Notices: a verified phone gets one text that a vote was begun with it; `api` cannot have one sent to any other phone, and
// no notice uses what codes need.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { createTextCodes } from '../../../src/platform/keys/text-codes.ts';
import type { Attestation } from '../../../src/protocol/proofs/attestation.ts';
import { attestedMs } from '../../../src/protocol/proofs/attestation.ts';
import { noticeAnswer } from '../../../src/protocol/sms-service.ts';
import type { NoticeCall } from '../../../src/protocol/sms-service.ts';
import { createAttest } from '../../../src/services/sms/attestations.ts';
import { createPhoneNames } from '../../../src/services/sms/phone-names.ts';
import { createNotices } from '../../../src/services/sms/notices.ts';
import { createGate } from '../../support/gate.ts';
import { until } from '../../support/until.ts';
import { newPhone, startSms, textsOf } from '../../support/services/sms.ts';
import type { Sms } from '../../support/services/sms.ts';

let sms: Sms;
let second: Sms;
beforeAll(async () => {
  sms = await startSms();
  second = await startSms({ keys: sms.keys });
});
afterAll(async () => {
  await second[Symbol.asyncDispose]();
  await sms[Symbol.asyncDispose]();
});

/** What `api` sends for a phone that was verified. */
function notice(method: Attestation['method'] = 'text-in', phone = newPhone(), atMs = Date.now()): NoticeCall {
  const phoneKey = sms.phoneKey(phone);
  const binding = newSecret();
  const { codeTag } = createTextCodes(sms.keys.sms.codes).make({ phoneKey, binding }, atMs);
  const proof = method === 'text-in' ? codeTag : binding;
  const attestation = createAttest(sms.keys.sms.attestations)(method, phoneKey, proof, atMs);
  const election = { title: 'Budget', rehearsal: false, contact: '+852 2891 1001', timeZone: 'Asia/Hong_Kong' };
  return { phone, locale: 'en', ...election, binding, attestation, until: '2026-06-29T14:00:00Z' };
}
const send = (body: object, at = sms) =>
  at.client.call({ method: 'POST', path: '/private/notices', body, answer: noticeAnswer, msMax: 5_000 });
const counted = async (outcome: string, at = sms): Promise<number> =>
  Number(
    new RegExp(`popvote_sms_notices_total\\{.*outcome="${outcome}".*\\} (\\d+)`).exec(await at.metrics())?.[1] ?? 0,
  );
const after = async (outcome: string, work: () => Promise<unknown>, at = sms): Promise<void> => {
  const before = await counted(outcome, at);
  await work();
  await until(async () => (await counted(outcome, at)) > before, `the outcome ${outcome}`);
};

describe('A notice', () => {
  test.each(['text-in', 'code', 'text-in-confirmed'] as const)(
    'A phone that was verified by %s learns what was begun, where to object, and until when',
    async (method) => {
      const call = notice(method);
      await after('sent', () => send(call));
      expect((await textsOf(sms, call.phone)).map(({ body }) => body)).toEqual([
        'A vote in "Budget" was begun with this phone. If it was not you, tell +852 2891 1001 before 29/06, 22:00 GMT+8.',
      ]);
    },
  );

  test('It is in the language of the voter, and says that a rehearsal is one', async () => {
    const call = { ...notice(), locale: 'sr-Cyrl', rehearsal: true };
    await after('sent', () => send(call));
    expect((await textsOf(sms, call.phone))[0]?.body).toContain('ПРОБНО гласање');
  });

  test('It is one text for a session, however often and by whichever process it is asked for', async () => {
    const call = notice();
    await after('sent', () => send(call));
    await after('repeated', () => send(call));
    await after('repeated', () => send(call, second), second);
    expect([...(await textsOf(sms, call.phone)), ...(await textsOf(second, call.phone))]).toHaveLength(1);
  });

  test('It is sent to no phone that proved nothing, or another session, or too long ago', async () => {
    const call = notice();
    const other = notice();
    const old = notice('text-in', newPhone(), Date.now() - 17 * attestedMs);
    for (const wrong of [
      { ...call, phone: other.phone },
      { ...call, binding: other.binding },
      { ...call, attestation: other.attestation },
      { ...call, attestation: { ...call.attestation, mac: newSecret() } },
      old,
    ]) {
      await after('unproven', () => send(wrong));
    }
    for (const { phone } of [call, other, old]) expect(await textsOf(sms, phone)).toEqual([]);
  });

  test('A phone gets three in an hour, and they take no code from it', async () => {
    const phone = newPhone();
    for (let n = 0; n < 3; n += 1) await after('sent', () => send(notice('text-in', phone)));
    await after('over-phone-cap', () => send(notice('text-in', phone)));
    expect(await textsOf(sms, phone)).toHaveLength(3);
    expect(
      (await sms.logic.sender.send({ phone, title: 'B', rehearsal: true, binding: newSecret() })).challenge,
    ).toBeTruthy();
  });
});

describe('What notices leave for codes', () => {
  test('No notice is sent when half of the money of the day is spent, and a code still is', async () => {
    await using poor = await startSms({
      environment: { SMS_SPEND_PER_DAY: '0.4', SMS_TEXT_PRICE: '0.1' },
      keys: sms.keys,
    });
    const { sender } = poor.logic;
    const code = () => sender.send({ phone: newPhone(), title: 'B', rehearsal: true, binding: newSecret() });
    await poor.admin.del(...(await poor.admin.keys('limits:sms:spend:*')), 'none');
    await code();
    await code();
    await after('sent', () => send(notice(), poor), poor);
    await after('over-spend', () => send(notice(), poor), poor);
    await code();
    expect(poor.logic.sender.available).toBeTruthy();
  });

  test('Few are sent at once, and those beyond the queue are dropped and counted', async () => {
    const gate = createGate();
    let sending = 0;
    let most = 0;
    const outcomes: string[] = [];
    const recorded: string[] = [];
    const notices = createNotices({
      names: createPhoneNames(sms.keys.sms),
      proves: () => true,
      marks: { take: () => Promise.resolve({ ok: true, left: 0 }) } as never,
      caps: { halfOfMoneyLeft: () => Promise.resolve(true), take: () => Promise.resolve(null) } as never,
      failover: {
        async send() {
          most = Math.max(most, (sending += 1));
          await gate.opened;
          sending -= 1;
          return 'not-sent';
        },
      } as never,
      senders: new Set(),
      countries: ['HK'],
      health: { recordNotice: (outcome) => void recorded.push(outcome) },
      metrics: { notice: (outcome: string) => void outcomes.push(outcome) } as never,
      clock: Date.now,
      bounds: { waitingMax: 5, atOnceMax: 2 },
    });
    for (let n = 0; n < 8; n += 1) notices.take(notice());
    expect(outcomes).toEqual(['dropped']);
    gate.open();
    await until(() => outcomes.length === 8, 'all outcomes');
    expect(most).toBe(2);
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(7);
    // Each is a failure that the operator sees.
    expect(recorded).toEqual(Array.from({ length: 8 }, () => 'failed'));
    await notices.close();
  });
});
