// Texts as a gateway delivers them: signed webhooks, by which an election that counts can be voted in. With the simulator of
// `popvote start` it cannot even be announced.
import { randomBytes } from 'node:crypto';
import { signedHeaders, webhookKey } from '../../src/services/sms/providers/webhook-signature.ts';
import type { Origin } from './keep-alive-client.ts';

export type Webhook = { readonly provider: string; readonly secret: string; readonly number: string };

export const benchWebhook: Webhook = {
  provider: 'webhook',
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8G',
  number: '+85255550199',
};

/** The setting of `sms` that takes them. */
export const webhookEnvironment = {
  SMS_PROVIDERS: JSON.stringify([
    { kind: 'webhook', name: benchWebhook.provider, secrets: [benchWebhook.secret], number: benchWebhook.number },
  ]),
};

/** A signed webhook as a gateway sends it (Standard Webhooks), as it goes over the wire. */
export function webhookText(sms: Origin, { provider, secret, number }: Webhook, from: string, code: string): string {
  const body = JSON.stringify({
    type: 'text.received',
    timestamp: new Date().toISOString(),
    data: { from, to: number, body: code },
  });
  const headers = signedHeaders([webhookKey(secret)], randomBytes(12).toString('hex'), Date.now(), body);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    `POST /webhooks/${provider} HTTP/1.1`,
    `host: ${sms.host}:${sms.port}`,
    ...lines,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
