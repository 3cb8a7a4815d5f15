// What `sms` tells of its providers: that they work, rest, fail, and end, in numbers alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  providerReport,
  reportEveryMs,
  reportSeconds,
  reportWindowMinutes,
} from '../../../src/protocol/provider-health.ts';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { reportKey, reportsKey } from '../../../src/protocol/provider-health.ts';
import type { ProviderReport } from '../../../src/protocol/provider-health.ts';
import { sendCodeAnswer } from '../../../src/protocol/sms-service.ts';
import { createProviderHealth } from '../../../src/services/sms/providers/provider-health.ts';
import { startOwnRedis } from '../../support/processes/own-redis.ts';
import type { OwnRedis } from '../../support/processes/own-redis.ts';
import { until } from '../../support/until.ts';
import { newPhone, startSms } from '../../support/services/sms.ts';
import type { Sms } from '../../support/services/sms.ts';
import { startGateway } from '../../support/services/sms-gateway.ts';

let redis: OwnRedis;
beforeAll(async () => {
  redis = await startOwnRedis();
});
afterAll(() => redis[Symbol.asyncDispose]());
const redisUrls = () => ({ sms: redis.url('sms'), admin: redis.url('admin') });

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const ask = (sms: Sms, phone = newPhone()) =>
  sms.client.call({
    method: 'POST',
    path: '/private/codes',
    answer: sendCodeAnswer,
    msMax: 9_000,
    body: { phone, locale: 'en', title: 'Budget', rehearsal: false, binding: newSecret() },
  });
const reportsIn = async (sms: Sms): Promise<ProviderReport[]> => {
  const ids = await sms.admin.zrange(reportsKey, '0', '-1');
  const texts = await Promise.all(ids.map((id) => sms.admin.get(reportKey(id))));
  return texts.map((text) => providerReport.parse(JSON.parse(text ?? 'null')));
};

describe('A report', () => {
  test('A report says which providers there are, their recent results, and nothing of any phone', async () => {
    await using gateway = await startGateway();
    const providers = [
      { kind: 'webhook', secrets: [secret], sendUrl: `${gateway.url}/send`, number: '+14155550101' },
      { kind: 'simulator', number: '+85255550123' },
    ];
    const breakers = { failuresPercentMax: 50, triesMin: 2, windowMs: 30_000, restMs: 600_000 };
    await using sms = await startSms({ providers, redisUrls: redisUrls(), breakers });
    await until(
      async () => (await sms.admin.zcard(reportsKey)) === 1,
      'the first report, which comes without a request',
    );
    const phone = newPhone();
    await ask(sms, phone);
    gateway.behave({ status: 500, body: '' });
    await ask(sms);
    // Of two, one failed: half is not more than half, and the next failure is.
    await ask(sms);
    await sms.logic.reporting.report();
    const [report] = await reportsIn(sms);
    expect(report?.channels).toEqual({ textIn: true, code: true, confirmation: true });
    expect(report?.providers).toEqual([
      { name: 'webhook', receives: true, sends: true, resting: true, sent: 1, failed: 2 },
      { name: 'simulator', receives: true, sends: true, resting: false, sent: 2, failed: 0, simulated: true },
    ]);
    const [id] = await sms.admin.zrange(reportsKey, '0', '-1');
    const text = (await sms.admin.get(reportKey(id ?? ''))) ?? '';
    for (const digits of [phone.slice(1), phone.slice(-8), '14155550101', '85255550123']) {
      expect(text).not.toContain(digits);
    }
    const seconds = await sms.admin.ttl(reportKey(id ?? ''));
    expect(seconds > 0 && seconds <= reportSeconds).toBe(true);
  });

  test('A report is repeated, and is removed by a process that ends in order', async () => {
    const sms = await startSms({ redisUrls: redisUrls() });
    await until(async () => (await sms.admin.zcard(reportsKey)) === 1);
    const [first] = await reportsIn(sms);
    await until(async () => ((await reportsIn(sms))[0]?.atMs ?? 0) > (first?.atMs ?? 0), 'the next report');
    expect(((await reportsIn(sms))[0]?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(reportEveryMs - 50);
    const [id] = await sms.admin.zrange(reportsKey, '0', '-1');
    // One of a process that was killed long ago.
    await sms.admin.zadd(reportsKey, Date.now() - reportSeconds * 1_000 - 1, 'killed');
    await sms.logic.reporting.report();
    expect(await sms.admin.zrange(reportsKey, '0', '-1')).toEqual([id]);
    await sms.logic.close();
    expect([await sms.admin.zcard(reportsKey), await sms.admin.exists(reportKey(id ?? ''))]).toEqual([0, 0]);
    await sms[Symbol.asyncDispose]();
  });
});

test('Texts are counted per minute, a wrong number is no failure of a provider, and a clock may jump', () => {
  let now = 1_000_000_000;
  const outbound = { msMax: 1, send: () => Promise.resolve() };
  const health = createProviderHealth([{ name: 'a', outbound }, { name: 'b' }], () => now);
  const sums = () => health.now().map((row) => [row.sent, row.failed]);
  for (const outcome of ['sent', 'timeout', 'network', 'refused', 'recipient', 'skipped'] as const) {
    health.recordSend('a', outcome);
  }
  health.recordSend('unknown', 'sent');
  expect(sums()).toEqual([
    [1, 3],
    [0, 0],
  ]);
  now += (reportWindowMinutes - 1) * 60_000;
  health.recordSend('a', 'sent');
  expect(sums()[0]).toEqual([2, 3]);
  now += 60_000;
  expect(sums()[0]).toEqual([1, 0]);
  now -= 7_200_000;
  health.recordSend('a', 'sent');
  expect(sums()[0]).toEqual([1, 0]);
});
