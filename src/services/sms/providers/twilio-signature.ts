// Twilio's webhook signature: base64 of HMAC-SHA-1, under the account's auth token, over the exact public address and
// the sorted parameters (twilio.com/docs/usage/webhooks/webhooks-security). The address comes from the configuration.
// The Host header of a request must never be used.
import { createHash, createHmac } from 'node:crypto';
import { sameText } from '../../../platform/keys/keyed-hash.ts';

type TwilioSigned = {
  readonly publicUrl: string;
  readonly contentType: string;
  readonly body: Buffer;
  readonly signature: string;
};

/** Whether one of the tokens (two during a rotation) signed exactly this request. */
export function twilioSigned(
  tokens: readonly string[],
  { publicUrl, contentType, body, signature }: TwilioSigned,
): boolean {
  const parameters = isForm(contentType) ? sortedParameters(body) : '';
  // A body that is not a form is covered by its hash, which Twilio adds to the address. The hash is computed here.
  const address = isForm(contentType) ? publicUrl : withBodyHash(publicUrl, body);
  const texts = spellings(address).map((spelling) => spelling + parameters);
  // Every comparison is made, so that the time reveals nothing about tokens and spellings.
  return tokens
    .flatMap((token) => texts.map((text) => sameText(twilioSignature(token, text), signature)))
    .includes(true);
}

/** The base64 HMAC-SHA-1 of a text under a token. */
export function twilioSignature(token: string, text: string): string {
  return createHmac('sha1', token).update(text, 'utf8').digest('base64');
}

export function isForm(contentType: string): boolean {
  return contentType.split(';')[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded';
}

/**
 * Names and values of a form in the order that Twilio signs: sorted by name and value, without repeated values of a
 * name.
 */
export function sortedParameters(body: Buffer): string {
  const form = new URLSearchParams(body.toString('utf8'));
  return [...new Set(form.keys())]
    .sort()
    .flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => name + value))
    .join('');
}

export function withBodyHash(publicUrl: string, body: Buffer): string {
  const hash = createHash('sha256').update(body).digest('hex');
  return `${publicUrl}${publicUrl.includes('?') ? '&' : '?'}bodySHA256=${hash}`;
}

// Twilio signs some addresses with their port and some without it. Its client libraries try both.
function spellings(address: string): string[] {
  const [, scheme = '', authority = '', rest = ''] = /^(https?:)\/\/([^/?#]*)(.*)$/.exec(address) ?? [];
  const bare = authority.replace(/:\d+$/, '');
  const withPort = authority === bare ? `${bare}:${scheme === 'https:' ? 443 : 80}` : authority;
  return [...new Set([authority, bare, withPort])].map((host) => `${scheme}//${host}${rest}`);
}
