// Texting a code in, from a provider's signed webhook to the attestation that `api` finds in Redis.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { hashKey, keyedHash, sameText } from '../../../src/platform/keys/keyed-hash.ts';
import { connectRedis } from '../../../src/platform/redis.ts';
import { attestationText, attestedTime } from '../../../src/protocol/proofs/attestation.ts';
import type { Attestation } from '../../../src/protocol/proofs/attestation.ts';
import { promisedVotesPerSecond } from '../../../src/protocol/edge-memory.ts';
import {
  createSenderFold,
  senderOf,
  senderPhone,
  textEvent,
  textField,
  storedTextOf,
  textSecondsMax,
  textsChannel,
  textsKey,
  textsPerPhoneMax,
} from '../../../src/protocol/verification-events.ts';
import type { TextEvent } from '../../../src/protocol/verification-events.ts';
import {
  sortedParameters,
  twilioSignature,
  withBodyHash,
} from '../../../src/services/sms/providers/twilio-signature.ts';
import { signedHeaders, webhookKey } from '../../../src/services/sms/providers/webhook-signature.ts';
import { createLogProbe } from '../../support/log.ts';
import { newMessageId, newPhone, startSms } from '../../support/services/sms.ts';
import type { Sms } from '../../support/services/sms.ts';

const primary = 'primary-auth-token';
const secondary = 'secondary-auth-token';
const publicUrl = 'https://sms.example.org/webhooks/twilio';
const secret = `whsec_${randomBytes(24).toString('base64')}`;
const providers = [
  {
    kind: 'twilio',
    accountSid: `AC${'a'.repeat(32)}`,
    authToken: primary,
    secondaryAuthToken: secondary,
    number: '+14155550100',
    publicUrl,
  },
  { kind: 'webhook', secrets: [secret], number: '+14155550101' },
];

let sms: Sms;
let nowMs = Date.now();
beforeAll(async () => {
  sms = await startSms({ providers, clock: () => nowMs });
});
afterAll(() => sms[Symbol.asyncDispose]());

const newCode = (): string => String(Math.floor(Math.random() * 1e8)).padStart(8, '0');

type TwilioText = { from: string; body: string; messageSid?: string };
function twilioForm({ from, body, messageSid = newMessageId() }: TwilioText): string {
  return new URLSearchParams({
    ToCountry: 'US',
    SmsMessageSid: messageSid,
    NumMedia: '0',
    FromCountry: 'HK',
    MessageSid: messageSid,
    AccountSid: `AC${'a'.repeat(32)}`,
    From: from,
    To: '+14155550100',
    Body: body,
    ApiVersion: '2010-04-01',
  }).toString();
}

function postTwilio(form: string, token = primary, changes: Record<string, string> = {}): Promise<Response> {
  const signature = twilioSignature(token, publicUrl + sortedParameters(Buffer.from(form)));
  return fetch(`${sms.publicUrl}/webhooks/twilio`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature, ...changes },
    body: form,
  });
}

function postWebhook(data: object, id: string = randomUUID(), atMs = nowMs): Promise<Response> {
  const body = JSON.stringify({ type: 'text.received', timestamp: new Date(atMs).toISOString(), data });
  const headers = { 'content-type': 'application/json', ...signedHeaders([webhookKey(secret)], id, atMs, body) };
  return fetch(`${sms.publicUrl}/webhooks/webhook`, { method: 'POST', headers, body });
}

async function storedAttestation(phone: string, code: string): Promise<Attestation | null> {
  const codeTag = sms.codeTag(code);
  const phoneKey = sms.phoneKey(phone);
  const value = await sms.admin.hget(textsKey(phoneKey), textField(codeTag));
  return storedTextOf(phoneKey, codeTag, value)?.attestation ?? null;
}

const senders = createSenderFold(promisedVotesPerSecond);
async function lastSender(code: string) {
  const [key = ''] = senders.keysOf(sms.codeTag(code), nowMs);
  return senderOf(await sms.admin.hget(key, senders.fieldOf(sms.codeTag(code))));
}

test("A signed text of Twilio leaves an attestation under the phone's key, and answers with empty TwiML", async () => {
  const phone = newPhone();
  const code = newCode();
  const answer = await postTwilio(twilioForm({ from: phone, body: `My code: ${code}` }));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('text/xml');
  expect(await answer.text()).toMatch(/<Response\/>$/);
  const proof = await storedAttestation(phone, code);
  expect(proof).toMatchObject({ method: 'text-in', binding: sms.codeTag(code), verifiedAtMs: attestedTime(nowMs) });
  const key = textsKey(sms.phoneKey(phone));
  expect(await sms.admin.ttl(key)).toBeGreaterThan(textSecondsMax - 10);
  expect(await lastSender(code)).toEqual({ phones: [senderPhone(sms.phoneKey(phone))], atMs: attestedTime(nowMs) });
});

test('An attestation verifies under the key that ballots has, and under no other', async () => {
  const phone = newPhone();
  const code = newCode();
  await postTwilio(twilioForm({ from: phone, body: code }));
  const proof = (await storedAttestation(phone, code))!;
  const text = attestationText(sms.phoneKey(phone), proof);
  const macOf = (key: string): string => keyedHash(hashKey(key), text);
  expect(sameText(macOf(sms.keys.ballots.attestations[0]!.key), proof.mac)).toBe(true);
  expect(sameText(macOf(sms.keys.api.phone[0]!.key), proof.mac)).toBe(false);
  expect(sameText(macOf(randomBytes(32).toString('base64url')), proof.mac)).toBe(false);
});

test('Every text is published once on the shared channel, after it can be read', async () => {
  const phone = newPhone();
  const code = newCode();
  const messageSid = newMessageId();
  const events: TextEvent[] = [];
  const subscriber = connectRedis(inject('redisUrls')['api']!, createLogProbe('test').logger, {
    enableOfflineQueue: true,
  });
  await subscriber.subscribe(textsChannel);
  const notice = new Promise<void>((resolve) => {
    subscriber.on('message', (_channel: string, message: string) => {
      // Other tests publish on this channel too, some of them what is no event.
      if (!message.includes(sms.phoneKey(phone))) return;
      const event = textEvent.parse(JSON.parse(message));
      events.push(event);
      if (event.attestation.binding === sms.codeTag('99999999')) resolve();
    });
  });
  await postTwilio(twilioForm({ from: phone, body: code, messageSid }));
  await postTwilio(twilioForm({ from: phone, body: code, messageSid }));
  await postTwilio(twilioForm({ from: phone, body: '99999999' }));
  await notice;
  subscriber.disconnect();
  expect(events.map((event) => event.attestation.binding)).toEqual([sms.codeTag(code), sms.codeTag('99999999')]);
});

test('A webhook that comes again changes nothing, even when its memory is long over', async () => {
  const phone = newPhone();
  const code = newCode();
  const form = twilioForm({ from: phone, body: code });
  expect((await postTwilio(form)).status).toBe(200);
  await sms.admin.del(textsKey(sms.phoneKey(phone)));
  nowMs += 3_600_000;
  const again = await postTwilio(form);
  expect(again.status).toBe(200);
  expect(await again.text()).toMatch(/<Response\/>$/);
  expect(await storedAttestation(phone, code)).toBeNull();
});

test('Twenty deliveries of one message at the same time count once', async () => {
  const phone = newPhone();
  const code = newCode();
  const form = twilioForm({ from: phone, body: code });
  const before = await remembered('twilio');
  const answers = await Promise.all(Array.from({ length: 20 }, () => postTwilio(form)));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect((await remembered('twilio')) - before).toBe(1);
});

test('Texts that overtake each other all count', async () => {
  const phone = newPhone();
  const codes = ['11111111', '22222222', '33333333'];
  for (const code of codes.toReversed()) await postTwilio(twilioForm({ from: phone, body: code }));
  for (const code of codes) expect(await storedAttestation(phone, code)).not.toBeNull();
});

test('A text from another phone verifies that phone alone, and is answered alike', async () => {
  const claimed = newPhone();
  const other = newPhone();
  const code = newCode();
  const wrong = await postTwilio(twilioForm({ from: other, body: code }));
  const right = await postTwilio(twilioForm({ from: claimed, body: newCode() }));
  expect([wrong.status, await wrong.text()]).toEqual([right.status, await right.text()]);
  expect(await storedAttestation(claimed, code)).toBeNull();
  expect(await storedAttestation(other, code)).not.toBeNull();
  expect(await lastSender(code)).toMatchObject({ phones: [senderPhone(sms.phoneKey(other))] });
});

test('A spelling of a number without its country code is the same phone', async () => {
  const phone = newPhone();
  const code = newCode();
  await postWebhook({ from: phone.slice(4), to: '+14155550101', body: code });
  expect(await storedAttestation(phone, code)).not.toBeNull();
});

test.each([
  ['another token', (form: string) => postTwilio(form, 'another-auth-token')],
  ['no signature', (form: string) => postTwilio(form, primary, { 'x-twilio-signature': '' })],
  [
    'a parameter added on the way',
    (form: string) => {
      const signature = twilioSignature(primary, publicUrl + sortedParameters(Buffer.from(form)));
      return postTwilio(`${form}&Extra=1`, primary, { 'x-twilio-signature': signature });
    },
  ],
  [
    'a signature over the address that the Host field names',
    (form: string) => {
      const own = `${sms.publicUrl}/webhooks/twilio`;
      return postTwilio(form, primary, {
        'x-twilio-signature': twilioSignature(primary, own + sortedParameters(Buffer.from(form))),
      });
    },
  ],
])('A webhook with %s is rejected and leaves nothing behind', async (_what, post) => {
  const phone = newPhone();
  const code = newCode();
  const answer = await post(twilioForm({ from: phone, body: code }));
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ code: 'not-admitted' });
  expect(await storedAttestation(phone, code)).toBeNull();
  expect(await lastSender(code)).toBeNull();
});

test('While tokens rotate, webhooks signed with the secondary are taken', async () => {
  const phone = newPhone();
  const code = newCode();
  expect((await postTwilio(twilioForm({ from: phone, body: code }), secondary)).status).toBe(200);
  expect(await storedAttestation(phone, code)).not.toBeNull();
});

test("Twilio's JSON events are read, covered by the hash of their body", async () => {
  const phone = newPhone();
  const code = newCode();
  const event = {
    specversion: '1.0',
    type: 'com.twilio.messaging.inbound-message.received',
    id: 'NO0001',
    data: { messageSid: newMessageId(), from: phone, to: '+14155550100', body: code, numMedia: 0 },
  };
  const body = JSON.stringify([{ ...event, type: 'com.twilio.messaging.message.delivered' }, event]);
  const address = withBodyHash(publicUrl, Buffer.from(body));
  const headers = { 'content-type': 'application/json', 'x-twilio-signature': twilioSignature(primary, address) };
  const post = (bytes: string): Promise<Response> =>
    fetch(`${sms.publicUrl}/webhooks/twilio${new URL(address).search}`, { method: 'POST', headers, body: bytes });
  expect((await post(body.replace(code, '00000000'))).status).toBe(403);
  expect((await post(body)).status).toBe(200);
  expect(await storedAttestation(phone, code)).not.toBeNull();
  expect(await storedAttestation(phone, '00000000')).toBeNull();
});

test('The generic webhook is taken within five minutes, once, and never stale or without a provider', async () => {
  const phone = newPhone();
  const code = newCode();
  const id = randomUUID();
  const data = { from: phone, to: '+14155550101', body: code };
  expect((await postWebhook(data, id, nowMs - 301_000)).status).toBe(403);
  expect(await storedAttestation(phone, code)).toBeNull();
  const before = await remembered('webhook');
  expect((await postWebhook(data, id)).status).toBe(200);
  // Tried again later, with a new timestamp and the same id, as the specification has it.
  expect((await postWebhook(data, id, nowMs + 60_000)).status).toBe(200);
  expect((await remembered('webhook')) - before).toBe(1);
  expect(await storedAttestation(phone, code)).not.toBeNull();
  expect((await fetch(`${sms.publicUrl}/webhooks/unknown`, { method: 'POST', body: '{}' })).status).toBe(404);
});

test('A text without a code is acknowledged, counted and forgotten', async () => {
  const phone = newPhone();
  expect((await postTwilio(twilioForm({ from: phone, body: 'Hello?' }))).status).toBe(200);
  expect((await postTwilio(twilioForm({ from: 'NEWS', body: '12345678' }))).status).toBe(200);
  expect(await sms.admin.exists(textsKey(sms.phoneKey(phone)))).toBe(0);
  const metrics = await sms.metrics();
  expect(metrics).toMatch(/popvote_sms_texts_total\{provider="twilio",outcome="no-code",popvote_service="sms"\} [1-9]/);
  expect(metrics).toMatch(
    /popvote_sms_texts_total\{provider="twilio",outcome="no-sender",popvote_service="sms"\} [1-9]/,
  );
});

test('A phone that texts without end fills a bounded memory, and its newest text still counts', async () => {
  const phone = newPhone();
  for (let n = 0; n <= textsPerPhoneMax; n += 1) {
    await postTwilio(twilioForm({ from: phone, body: String(10_000_000 + n) }));
  }
  expect(await sms.admin.hlen(textsKey(sms.phoneKey(phone)))).toBe(1);
  expect(await storedAttestation(phone, String(10_000_000 + textsPerPhoneMax))).not.toBeNull();
});

test('A webhook that is too large, or of no type, is rejected and no internal failure', async () => {
  const large = await postTwilio(twilioForm({ from: newPhone(), body: 'x'.repeat(64 * 1_024) }));
  expect(large.status).toBe(413);
  const bare = await fetch(`${sms.publicUrl}/webhooks/twilio`, { method: 'POST' });
  expect(bare.status).toBe(403);
});

async function remembered(provider: string): Promise<number> {
  const line = new RegExp(
    `popvote_sms_texts_total\\{provider="${provider}",outcome="remembered",popvote_service="sms"\\} (\\d+)`,
  );
  return Number(line.exec(await sms.metrics())?.[1] ?? 0);
}
