// The two signatures against the published vectors of those who defined them, and against what attackers would send.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { twilioSignature, twilioSigned } from '../../../../src/services/sms/providers/twilio-signature.ts';
import {
  verifiedWebhookId,
  webhookKey,
  webhookSignature,
} from '../../../../src/services/sms/providers/webhook-signature.ts';

// Vectors of Twilio's own libraries (twilio-node, spec/validation.spec.js).
const token = '12345';
const publicUrl = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const form = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};
const formType = 'application/x-www-form-urlencoded';
const signature = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';
const encoded = (pairs: Record<string, string> | [string, string][]) =>
  Buffer.from(new URLSearchParams(pairs).toString());
const valid = { publicUrl, contentType: formType, body: encoded(form), signature };

test("Twilio's published signature of a form is accepted", () => {
  expect(twilioSigned([token], valid)).toBe(true);
  expect(twilioSigned([token], { ...valid, contentType: `${formType}; charset=UTF-8` })).toBe(true);
});

test('The order in which the parameters come does not matter', () => {
  expect(twilioSigned([token], { ...valid, body: encoded(Object.entries(form).reverse()) })).toBe(true);
});

test("Twilio's published signature over an address with its port is accepted", () => {
  expect(twilioSigned([token], { ...valid, signature: 'kvajT1Ptam85bY51eRf/AJRuM3w=' })).toBe(true);
  const withPort = publicUrl.replace('.com', '.com:1234');
  expect(twilioSigned([token], { ...valid, publicUrl: withPort })).toBe(true);
  const plain = withPort.replace('https', 'http');
  expect(twilioSigned([token], { ...valid, publicUrl: plain, signature: 'Zmvh+3yNM1Phv2jhDCwEM3q5ebU=' })).toBe(true);
});

test("Twilio's published signature of repeated parameters is accepted", () => {
  const body = encoded([
    ['Sid', 'CA123'],
    ['SidAccount', 'AC123'],
    ['Digits', '5678'],
    ['Digits', '1234'],
    ['Digits', '1234'],
  ]);
  expect(twilioSigned([token], { ...valid, body, signature: 'IK+Dwps556ElfBT0I3Rgjkr1wJU=' })).toBe(true);
});

test("Twilio's published signature of a JSON body is accepted, and only with that body", () => {
  const body = Buffer.from('{"property": "value", "boolean": true}');
  const json = { publicUrl, contentType: 'application/json', body, signature: 'a9nBmqA0ju/hNViExpshrM61xv4=' };
  expect(createHash('sha256').update(body).digest('hex')).toBe(
    '0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620',
  );
  expect(twilioSigned([token], json)).toBe(true);
  expect(twilioSigned([token], { ...json, body: Buffer.from('{"property": "value", "boolean": false}') })).toBe(false);
  expect(twilioSigned([token], { ...json, body: Buffer.from('{"property":"value","boolean":true}') })).toBe(false);
  const empty = { ...json, body: Buffer.from('{}'), signature: 'Ldidvp12m26NI7eqEvxnEpkd9Hc=' };
  expect(twilioSigned([token], empty)).toBe(true);
  const only = { ...json, publicUrl: 'https://mycompany.com/myapp.php', signature: 'y77kIzt2vzLz71DgmJGsen2scGs=' };
  expect(twilioSigned([token], only)).toBe(true);
});

test.each([
  ['a missing parameter', { ...valid, body: encoded(Object.entries(form).slice(1)) }],
  ['an extra parameter', { ...valid, body: encoded({ ...form, Extra: '1' }) }],
  ['another value', { ...valid, body: encoded({ ...form, From: '+14158675308' }) }],
  ['the wrong scheme', { ...valid, publicUrl: publicUrl.replace('https', 'http') }],
  ['the wrong host', { ...valid, publicUrl: publicUrl.replace('mycompany', 'yourcompany') }],
  ['the wrong path', { ...valid, publicUrl: publicUrl.replace('myapp', 'app') }],
  ['no signature', { ...valid, signature: '' }],
  ['a signature cut short', { ...valid, signature: signature.slice(0, -2) }],
  ['a form that calls itself JSON', { ...valid, contentType: 'application/json' }],
])("Twilio's signature is rejected with %s", (_what, request) => {
  expect(twilioSigned([token], request)).toBe(false);
});

test('While auth tokens rotate, either signs; a third does not', () => {
  expect(twilioSigned(['newer', token], valid)).toBe(true);
  expect(twilioSigned([token, 'older'], valid)).toBe(true);
  expect(twilioSigned(['newer', 'older'], valid)).toBe(false);
  expect(twilioSignature(token, 'x')).not.toBe(twilioSignature('newer', 'x'));
});

// The vector of the Standard Webhooks libraries.
const key = webhookKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
const other = webhookKey('whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD');
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const seconds = 1_614_265_330;
const body = Buffer.from('{"test": 2432232314}');
const published = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': published };
const now = seconds * 1_000;

test('The published vector of Standard Webhooks is made and accepted', () => {
  expect(webhookSignature(key, id, seconds, body)).toBe(published);
  expect(verifiedWebhookId([key], headers, body, now)).toBe(id);
});

test('One right signature among several is enough, and either secret while they rotate', () => {
  const several = {
    ...headers,
    'webhook-signature': `v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,x ${published}`,
  };
  expect(verifiedWebhookId([key], several, body, now)).toBe(id);
  expect(verifiedWebhookId([other, key], headers, body, now)).toBe(id);
  expect(verifiedWebhookId([other], headers, body, now)).toBeNull();
});

test('A webhook holds for five minutes around its timestamp', () => {
  expect(verifiedWebhookId([key], headers, body, now + 300_000)).toBe(id);
  expect(verifiedWebhookId([key], headers, body, now - 300_000)).toBe(id);
  expect(verifiedWebhookId([key], headers, body, now + 301_000)).toBeNull();
  expect(verifiedWebhookId([key], headers, body, now - 301_000)).toBeNull();
});

test.each([
  ['another body', headers, Buffer.from('{"test": 2432232315}')],
  ['another id', { ...headers, 'webhook-id': 'msg_other' }, body],
  ['another timestamp', { ...headers, 'webhook-timestamp': String(seconds + 1) }, body],
  ['a timestamp that is no number', { ...headers, 'webhook-timestamp': 'hello' }, body],
  ['an id with a full stop', { ...headers, 'webhook-id': `${id}.1` }, body],
  ['no id', { ...headers, 'webhook-id': undefined }, body],
  ['no timestamp', { ...headers, 'webhook-timestamp': undefined }, body],
  ['no signature', { ...headers, 'webhook-signature': undefined }, body],
  ['an empty signature', { ...headers, 'webhook-signature': 'v1,' }, body],
  ['a signature without its version', { ...headers, 'webhook-signature': published.slice(3) }, body],
])('A generic webhook is rejected with %s', (_what, changed, bytes) => {
  expect(verifiedWebhookId([key], changed, bytes, now)).toBeNull();
});
