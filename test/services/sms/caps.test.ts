// What sending codes may cost: caps on phones, blocks of numbers and all together, and on money. With real Redis at the
// level of the limits, so that ten thousand numbers take seconds.
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { newKeyFiles } from '../../../src/platform/keys/new-keys.ts';
import { connectRedis, redisReady } from '../../../src/platform/redis.ts';
import type { Redis } from '../../../src/platform/redis.ts';
import { Problem } from '../../../src/protocol/problem.ts';
import { smsChannels, sendCodeAnswer, sentCodeDigits } from '../../../src/protocol/sms-service.ts';
import { smsEnvironment } from '../../../src/services/sms/config.ts';
import { triesPerCodeMax } from '../../../src/services/sms/codes/guess-limits.ts';
import { createPhoneNames } from '../../../src/services/sms/phone-names.ts';
import { createSendCaps } from '../../../src/services/sms/codes/send-caps.ts';
import type { CapSettings } from '../../../src/services/sms/codes/send-caps.ts';
import { createLogProbe } from '../../support/log.ts';
import { textsKey } from '../../../src/protocol/verification-events.ts';
import { newPhone, sendText, simulatorNumber, startSms, textsOf } from '../../support/services/sms.ts';

let redis: Redis;
beforeAll(async () => {
  redis = connectRedis(inject('redisUrls')['sms']!, createLogProbe('sms').logger);
  await redisReady(redis, 5_000);
});
afterAll(() => redis.disconnect());

const wide: CapSettings = {
  perPhoneHour: 1e6,
  perPhoneDay: 1e6,
  perPrefixHour: 1e6,
  perHour: 1e6,
  perDay: 1e6,
  price: 1,
  spendPerDay: 1e6,
};
const capsWith = (changes: Partial<CapSettings>) =>
  createSendCaps(redis, createPhoneNames(newKeyFiles().sms), { ...wide, ...changes }, 'codes');

test('Ten thousand mixed numbers, asked for at once, cost no more than the cap', async () => {
  const caps = capsWith({ perPhoneHour: 3, perHour: 4_000, perPrefixHour: 50, price: 0.05, spendPerDay: 100 });
  let segmentsSent = 0;
  const ask = async (): Promise<void> => {
    const country = ['+8526', '+3816', '+8529', '+4477'][randomInt(4)]!;
    if ((await caps.take(`${country}${randomInt(1e6, 1e7)}`)) !== null) return;
    const segments = randomInt(1, 3);
    if (await caps.spend(segments)) segmentsSent += segments;
  };
  for (let batch = 0; batch < 20; batch += 1) await Promise.all(Array.from({ length: 500 }, ask));
  expect(segmentsSent * 0.05).toBeLessThanOrEqual(100);
  expect(segmentsSent * 0.05).toBeGreaterThan(99);
  expect(await caps.haveRoom()).toBe(false);
});

test('The overall cap holds exactly when hundreds ask at the same moment', async () => {
  const caps = capsWith({ perHour: 100 });
  const answers = await Promise.all(Array.from({ length: 400 }, () => caps.take(newPhone())));
  expect(answers.filter((rejection) => rejection === null)).toHaveLength(100);
  expect(answers.find((rejection) => rejection !== null)).toMatchObject({ cap: 'overall' });
});

test('One phone that keeps asking is rejected and uses up nothing of the common budget', async () => {
  const caps = capsWith({ perPhoneHour: 3, perHour: 10 });
  const greedy = newPhone();
  const answers = await Promise.all(Array.from({ length: 50 }, () => caps.take(greedy)));
  expect(answers.filter((rejection) => rejection === null)).toHaveLength(3);
  const others = await Promise.all(Array.from({ length: 7 }, () => caps.take(newPhone())));
  expect(others.every((rejection) => rejection === null)).toBe(true);
  expect(await caps.take(newPhone())).toMatchObject({ cap: 'overall' });
});

test('The wait of a phone is until all of its caps have room, not the first of them', async () => {
  const caps = capsWith({ perPhoneHour: 2, perPhoneDay: 2 });
  const phone = newPhone();
  expect([await caps.take(phone), await caps.take(phone)]).toEqual([null, null]);
  const rejection = await caps.take(phone);
  expect(rejection).toMatchObject({ cap: 'phone' });
  expect(rejection?.retryAfterSeconds).toBeGreaterThan(86_300);
  const hourly = capsWith({ perPhoneHour: 2 });
  await hourly.take(phone);
  await hourly.take(phone);
  expect((await hourly.take(phone))?.retryAfterSeconds).toBeLessThanOrEqual(3_600);
});

test('A block of numbers that is pumped is rejected, and another block is served', async () => {
  const caps = capsWith({ perPrefixHour: 20 });
  const block = await Promise.all(
    Array.from({ length: 60 }, (_, n) => caps.take(`+85261234${String(n).padStart(3, '0')}`)),
  );
  expect(block.filter((rejection) => rejection === null)).toHaveLength(20);
  expect(block.find((rejection) => rejection !== null)).toMatchObject({ cap: 'prefix' });
  expect(await caps.take('+85269990000')).toBeNull();
});

test('A rejected code gives back what it took from the narrower caps', async () => {
  const caps = capsWith({ perPhoneHour: 2, perPrefixHour: 1 });
  const first = '+85264440001';
  const second = '+85264440002';
  expect(await caps.take(first)).toBeNull();
  for (let n = 0; n < 5; n += 1) expect(await caps.take(second)).toMatchObject({ cap: 'prefix' });
});

test('The default caps allow less than one guessed code in a hundred days', () => {
  const defaults = smsEnvironment.shape;
  const perDay = defaults.SMS_CODES_PER_DAY.parse(undefined);
  expect((perDay * triesPerCodeMax) / 10 ** sentCodeDigits).toBeLessThanOrEqual(0.01);
});

test('When the money of the day is spent, voters still verify by texting in', async () => {
  await using sms = await startSms({ environment: { SMS_TEXT_PRICE: '0.5', SMS_SPEND_PER_DAY: '1' } });
  const ask = () =>
    sms.client.call({
      method: 'POST',
      path: '/private/codes',
      body: { phone: newPhone(), title: 'Budget', rehearsal: false, binding: newSecret() },
      answer: sendCodeAnswer,
      msMax: 5_000,
    });
  await ask();
  await ask();
  const refused = await ask().catch((error: unknown) => error as Problem);
  expect(refused).toMatchObject({ code: 'code-unavailable' });
  const call = { method: 'GET', path: '/private/channels', answer: smsChannels, msMax: 2_000 } as const;
  expect(await sms.client.call(call)).toEqual({
    textIn: { sendTo: simulatorNumber },
    code: { available: false },
    confirmation: { available: false },
  });
  const phone = newPhone();
  expect((await sendText(sms, phone, '12345678')).status).toBe(202);
  expect(await sms.admin.exists(textsKey(sms.phoneKey(phone)))).toBe(1);
  expect(await textsOf(sms, phone)).toEqual([]);
});
