// Signatures of generic webhooks in both directions, by the Standard Webhooks specification 1.0.0: HMAC-SHA-256 over
// `id.timestamp.body`. A webhook without a fresh timestamp or with a wrong signature must not be read further.
import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { sameText } from '../../../platform/keys/keyed-hash.ts';

/** Largest difference between a webhook's timestamp and our clock, in seconds. */
const toleranceSecondsMax = 300;
/** Most signatures of one webhook that are compared. */
const signaturesMax = 8;

/** The bytes of a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`. */
export function webhookKey(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
}

/** `v1,` and the base64 of the HMAC. The id has no full stop, so no two inputs collide. */
export function webhookSignature(key: Buffer, id: string, timestamp: number, body: Buffer | string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

/** The headers of a webhook, signed with each key, so that a receiver may have either during a rotation. */
export function signedHeaders(keys: readonly Buffer[], id: string, nowMs: number, body: string) {
  const timestamp = Math.floor(nowMs / 1_000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': keys.map((key) => webhookSignature(key, id, timestamp, body)).join(' '),
  };
}

/** The webhook's id if one of the keys made one of the signatures within the tolerance, else null. */
export function verifiedWebhookId(
  keys: readonly Buffer[],
  headers: IncomingHttpHeaders,
  body: Buffer,
  nowMs: number,
): string | null {
  const [id, seconds, signatureHeader] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers[name],
  );
  if (typeof id !== 'string' || typeof seconds !== 'string' || typeof signatureHeader !== 'string') return null;
  if (!/^[^\s.]{1,256}$/.test(id) || !/^\d{1,12}$/.test(seconds)) return null;
  if (Math.abs(nowMs / 1_000 - Number(seconds)) > toleranceSecondsMax) return null;
  const signatures = signatureHeader.split(' ').slice(0, signaturesMax);
  const expected = keys.map((key) => webhookSignature(key, id, Number(seconds), body));
  return expected.some((own) => signatures.some((signature) => sameText(own, signature))) ? id : null;
}
