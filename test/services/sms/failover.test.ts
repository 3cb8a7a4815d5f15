// Sending through providers that fail, are slow, or come back: real HTTP servers in their place.
import { randomBytes } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { smsChannels, checkCodeAnswer, sendCodeAnswer } from '../../../src/protocol/sms-service.ts';
import { verifiedWebhookId, webhookKey } from '../../../src/services/sms/providers/webhook-signature.ts';
import { endPause, newPhone, startSms } from '../../support/services/sms.ts';
import type { Sms } from '../../support/services/sms.ts';
import { startGateway } from '../../support/services/sms-gateway.ts';

const accountSid = `AC${'b'.repeat(32)}`;
const secrets = [randomBytes(24), randomBytes(24)].map((bytes) => `whsec_${bytes.toString('base64')}`);
const environment = {
  SMS_CODES_PER_PREFIX_HOUR: '10000',
  SMS_CODES_PER_PHONE_HOUR: '50',
  SMS_CODES_PER_PHONE_DAY: '50',
};
const twilioAt = (baseUrl: string, timeoutMs = 5_000) => ({
  kind: 'twilio',
  accountSid,
  authToken: 'auth-token-of-tests',
  from: '+14155550100',
  baseUrl,
  timeoutMs,
});
const webhookAt = (url: string) => ({ kind: 'webhook', secrets, sendUrl: `${url}/send`, timeoutMs: 5_000 });

const ask = (sms: Sms, phone = newPhone()) =>
  sms.client.call({
    method: 'POST',
    path: '/private/codes',
    body: { phone, locale: 'en', title: 'Budget', rehearsal: false, binding: newSecret() },
    answer: sendCodeAnswer,
    msMax: 9_000,
  });
const codeIn = (text: string): string => /\d{8}(?= is your code)/.exec(text)![0];

test("Twilio is called as its documentation says: path, form, account's credentials", async () => {
  await using gateway = await startGateway();
  await using sms = await startSms({ providers: [twilioAt(gateway.url)], environment });
  const phone = newPhone();
  const { challenge } = await ask(sms, phone);
  const [request] = gateway.requests;
  expect(request!.url).toBe(`/2010-04-01/Accounts/${accountSid}/Messages.json`);
  expect(request!.headers['content-type']).toBe('application/x-www-form-urlencoded');
  const credentials = Buffer.from(`${accountSid}:auth-token-of-tests`).toString('base64');
  expect(request!.headers.authorization).toBe(`Basic ${credentials}`);
  const form = new URLSearchParams(request!.body);
  expect([form.get('To'), form.get('From')]).toEqual([phone, '+14155550100']);
  const body = { challenge, phoneKey: sms.phoneKey(phone), code: codeIn(form.get('Body')!) };
  await sms.client.call({ method: 'POST', path: '/private/codes/check', body, answer: checkCodeAnswer, msMax: 2_000 });
});

test('A messaging service and an API key take the place of number and token', async () => {
  await using gateway = await startGateway();
  const { from: _from, ...rest } = twilioAt(gateway.url);
  const messagingServiceSid = `MG${'c'.repeat(32)}`;
  const apiKey = { sid: 'SK-of-tests', secret: 'secret-of-tests' };
  await using sms = await startSms({ providers: [{ ...rest, messagingServiceSid, apiKey }], environment });
  await ask(sms);
  const [request] = gateway.requests;
  const form = new URLSearchParams(request!.body);
  expect([form.get('MessagingServiceSid'), form.get('From')]).toEqual([messagingServiceSid, null]);
  expect(request!.headers.authorization).toBe(`Basic ${Buffer.from('SK-of-tests:secret-of-tests').toString('base64')}`);
});

test('The generic webhook is sent signed with each secret, so that a receiver may hold either', async () => {
  await using gateway = await startGateway();
  await using sms = await startSms({ providers: [webhookAt(gateway.url)], environment });
  const phone = newPhone();
  await ask(sms, phone);
  const { headers, body } = gateway.requests[0]!;
  for (const secret of secrets) {
    expect(verifiedWebhookId([webhookKey(secret)], headers, Buffer.from(body), Date.now())).not.toBeNull();
  }
  expect(JSON.parse(body)).toMatchObject({ type: 'text.send', data: { to: phone } });
});

test.each([
  ['answers 500', { status: 500 }],
  ['refuses the account', { status: 401, body: '{"code":20003}' }],
  ['redirects elsewhere', { status: 302 }],
  ['keeps silent', 'silent'],
] as const)('When the first provider %s, the second sends the same code', async (_what, behaviour) => {
  await using first = await startGateway();
  await using second = await startGateway();
  await using sms = await startSms({
    providers: [twilioAt(first.url, behaviour === 'silent' ? 400 : 5_000), webhookAt(second.url)],
    environment,
  });
  first.behave(behaviour);
  const phone = newPhone();
  const { challenge } = await ask(sms, phone);
  expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  const code = codeIn(new URLSearchParams(first.requests[0]!.body).get('Body')!);
  expect(codeIn(second.requests[0]!.body)).toBe(code);
  const body = { challenge, phoneKey: sms.phoneKey(phone), code };
  await sms.client.call({ method: 'POST', path: '/private/codes/check', body, answer: checkCodeAnswer, msMax: 2_000 });
});

test('When no provider takes the text, the voter is pointed to texting in, and may try again at once', async () => {
  await using gateway = await startGateway();
  await using sms = await startSms({ providers: [twilioAt(gateway.url)], environment });
  gateway.behave({ status: 503 });
  const phone = newPhone();
  await expect(ask(sms, phone)).rejects.toMatchObject({ code: 'code-unavailable' });
  gateway.behave({ status: 201 });
  await ask(sms, phone);
  expect(gateway.requests).toHaveLength(2);
});

test('A code that could not be sent again may be asked for at once, without the usual pause', async () => {
  await using gateway = await startGateway();
  await using sms = await startSms({ providers: [twilioAt(gateway.url)], environment });
  const { challenge } = await ask(sms);
  const again = { method: 'POST', path: '/private/codes/resend', answer: sendCodeAnswer, msMax: 9_000 } as const;
  await endPause(sms, challenge);
  gateway.behave({ status: 503 });
  await expect(sms.client.call({ ...again, body: { challenge } })).rejects.toMatchObject({ code: 'code-unavailable' });
  gateway.behave({ status: 201 });
  await sms.client.call({ ...again, body: { challenge } });
  await expect(sms.client.call({ ...again, body: { challenge } })).rejects.toMatchObject({ code: 'too-many-requests' });
});

test('A provider that keeps failing is left alone, and used again when it is back', async () => {
  await using first = await startGateway();
  await using second = await startGateway();
  const breakers = { failuresPercentMax: 50, triesMin: 3, windowMs: 60_000, restMs: 3_000 };
  await using sms = await startSms({ providers: [twilioAt(first.url), webhookAt(second.url)], environment, breakers });
  first.behave({ status: 500 });
  for (let n = 0; n < 8; n += 1) await ask(sms);
  expect(first.requests).toHaveLength(3);
  expect(second.requests).toHaveLength(8);
  expect(await sms.metrics()).toContain('popvote_sms_breaker_open{provider="twilio",popvote_service="sms"} 1');
  first.behave({ status: 201 });
  await vi.waitFor(
    async () => {
      await ask(sms);
      expect(first.requests.length).toBeGreaterThan(3);
    },
    { timeout: 15_000, interval: 100 },
  );
  expect(await sms.metrics()).toContain('popvote_sms_breaker_open{provider="twilio",popvote_service="sms"} 0');
  const { length } = second.requests;
  await ask(sms);
  expect(second.requests).toHaveLength(length);
});

test('While every provider is left alone, codes are said to be unavailable', async () => {
  await using gateway = await startGateway();
  const breakers = { failuresPercentMax: 50, triesMin: 2, windowMs: 10_000, restMs: 60_000 };
  await using sms = await startSms({ providers: [twilioAt(gateway.url)], environment, breakers });
  gateway.behave({ status: 500 });
  for (let n = 0; n < 4; n += 1) await expect(ask(sms)).rejects.toMatchObject({ code: 'code-unavailable' });
  expect(gateway.requests).toHaveLength(2);
  const call = { method: 'GET', path: '/private/channels', answer: smsChannels, msMax: 2_000 } as const;
  expect(await sms.client.call(call)).toEqual({
    textIn: { sendTo: null },
    code: { available: false },
    confirmation: { available: false },
  });
});

test('A list of wrong numbers does not switch a provider off for everybody', async () => {
  await using gateway = await startGateway();
  const breakers = { failuresPercentMax: 50, triesMin: 2, windowMs: 10_000, restMs: 60_000 };
  await using sms = await startSms({ providers: [twilioAt(gateway.url)], environment, breakers });
  gateway.behave({
    status: 400,
    body: JSON.stringify({ code: 21211, message: 'The number +852… is not valid.', status: 400 }),
  });
  for (let n = 0; n < 6; n += 1) await expect(ask(sms)).rejects.toMatchObject({ code: 'code-unavailable' });
  expect(gateway.requests).toHaveLength(6);
  gateway.behave({ status: 201 });
  await ask(sms);
});

test('A text that timed out is on the bill, because it may have been sent', async () => {
  await using first = await startGateway();
  await using second = await startGateway();
  await using sms = await startSms({
    providers: [twilioAt(first.url, 400), webhookAt(second.url)],
    environment: { ...environment, SMS_TEXT_PRICE: '1', SMS_SPEND_PER_DAY: '3' },
  });
  first.behave('silent');
  await ask(sms);
  await expect(ask(sms)).rejects.toMatchObject({ code: 'code-unavailable' });
  expect(first.requests.length + second.requests.length).toBe(3);
});
