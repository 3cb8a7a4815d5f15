// No phone and no code may be in Redis, in a log or in a metric. Everything is used once, and all of it is searched.
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { redisServers } from '../../../src/local/redis-settings.ts';
import { startRedis } from '../../../src/local/redis.ts';
import type { LocalRedis } from '../../../src/local/redis.ts';
import { createTextCodes } from '../../../src/platform/keys/text-codes.ts';
import { createAttest } from '../../../src/services/sms/attestations.ts';
import { until } from '../../support/until.ts';
import { checkCodeAnswer, sendCodeAnswer } from '../../../src/protocol/sms-service.ts';
import { freePort } from '../../support/processes/ports.ts';
import { textsKey } from '../../../src/protocol/verification-events.ts';
import { dumpOf, newPhone, sendText, startSms, textsOf } from '../../support/services/sms.ts';
import { startGateway } from '../../support/services/sms-gateway.ts';

let redis: LocalRedis;
const directory = mkdtempSync(join(tmpdir(), 'popvote-sms-'));
beforeAll(async () => {
  redis = await startRedis({
    directory,
    port: await freePort(),
    server: redisServers.edge,
    passwords: { admin: 'admin', api: 'api', sms: 'sms', elections: 'elections' },
    logFile: join(directory, 'redis.log'),
    searchPath: process.env['PATH'] ?? '',
    say: () => undefined,
  });
});
afterAll(async () => {
  await redis.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A value in plain form, encoded, and hashed without a key. */
function disguises(value: string): string[] {
  const digits = value.replace(/^\+/, '');
  return [value, digits].flatMap((text) => [
    text,
    encodeURIComponent(text),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
    Buffer.from(text).toString('base64url'),
    Buffer.from(text).toString('hex'),
    ...(['sha256', 'sha1', 'md5'] as const).flatMap((algorithm) =>
      (['hex', 'base64', 'base64url'] as const).map((encoding) => createHash(algorithm).update(text).digest(encoding)),
    ),
  ]);
}

test('After texts, codes, failures and rejections, no phone and no code is stored anywhere', async () => {
  await using gateway = await startGateway();
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const providers = [
    { kind: 'webhook', secrets: [secret], sendUrl: `${gateway.url}/send`, number: '+14155550101' },
    { kind: 'simulator', number: '+85255550123' },
  ];
  const redisUrls = { sms: redis.url('sms'), admin: redis.url('admin') };
  await using sms = await startSms({ providers, redisUrls });
  const sender = newPhone();
  const asker = newPhone();
  const textCode = '73915486';
  gateway.behave({ status: 400, body: JSON.stringify({ message: `The number ${asker} is not valid.` }) });

  expect((await sendText(sms, sender, `code ${textCode}`)).status).toBe(202);
  expect((await sendText(sms, sender, 'no code at all')).status).toBe(202);
  expect((await sendText(sms, 'unknown', textCode)).status).toBe(422);
  const ask = () =>
    sms.client.call({
      method: 'POST',
      path: '/private/codes',
      body: { phone: asker, title: 'Budget', rehearsal: true, binding: newSecret() },
      answer: sendCodeAnswer,
      msMax: 5_000,
    });
  const { challenge } = await ask();
  const code = (await textsOf(sms, asker))[0]!.body.slice(0, 8);
  const wrongCode = String((Number(code) + 7) % 1e8).padStart(8, '0');
  for (const guess of [wrongCode, code]) {
    const body = { challenge, phoneKey: sms.phoneKey(asker), code: guess };
    const call = { method: 'POST', path: '/private/codes/check', body, answer: checkCodeAnswer, msMax: 5_000 } as const;
    await sms.client.call(call).catch(() => undefined);
  }
  await ask();
  await ask();
  await expect(ask()).rejects.toMatchObject({ code: 'too-many-codes' });
  const back = newPhone();
  const use = { phoneKey: sms.phoneKey(back), binding: newSecret() };
  const { codeTag } = createTextCodes(sms.keys.sms.codes).make(use, Date.now());
  const text = createAttest(sms.keys.sms.attestations)('text-in', use.phoneKey, codeTag, Date.now());
  const confirmation = { phone: back, title: 'Budget', rehearsal: true, binding: use.binding, text };
  await sms.logic.sender.confirm(confirmation);
  const { text: attestation, ...election } = confirmation;
  const contact = '+852 2891 1001';
  sms.logic.notices.take({
    ...election,
    attestation,
    contact,
    until: '2026-06-29T14:00:00Z',
    timeZone: 'Asia/Hong_Kong',
  });
  await until(async () => (await textsOf(sms, back)).length === 2, 'the code back and the notice');
  const codeBack = /\d{8}/.exec(
    (await textsOf(sms, back))
      .map(({ body }) => body)
      .join('\n')
      .replace(contact, ''),
  )![0];
  await fetch(`${sms.publicUrl}/simulator?phone=${encodeURIComponent(asker)}`);
  await fetch(`${sms.publicUrl}/simulator/phones/${encodeURIComponent(asker)}/texts/${code}`);
  await fetch(`${sms.privateUrl}/private/codes`, { method: 'POST', body: asker });

  const dump = await dumpOf(sms.admin);
  expect(dump).toContain(textsKey(sms.phoneKey(sender)));
  expect(dump).toContain('limits:sms:tries:');
  expect(dump).toContain('limits:sms:notice:');
  const searched = `${dump}\n${sms.log()}\n${await sms.metrics()}`;
  expect(sms.log()).toContain('request');
  const secrets = [sender, asker, code, wrongCode, textCode, back, codeBack];
  for (const value of secrets) {
    for (const disguise of disguises(value)) expect(searched).not.toContain(disguise);
  }
  for (const challengePart of challenge.split('.').slice(3)) expect(searched).not.toContain(challengePart);
});

test('The Redis user of sms may touch its own keys only', async () => {
  await using sms = await startSms({ redisUrls: { sms: redis.url('sms'), admin: redis.url('admin') } });
  await expect(sms.redis.get('publications')).rejects.toThrow(/NOPERM/);
  await expect(sms.redis.set('limits:api:x', '1')).rejects.toThrow(/NOPERM/);
  await expect(sms.redis.keys('*')).rejects.toThrow(/NOPERM/);
  await expect(sms.redis.publish('elsewhere', 'x')).rejects.toThrow(/NOPERM/);
  await expect(sms.redis.subscribe('texts')).rejects.toThrow(/NOPERM/);
});
