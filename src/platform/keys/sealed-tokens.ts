// Tokens that only this service can create and read: compact JWE (RFC 7516), `dir` with A256GCM. Each key serves one hour
// and one kind of token, derived from the ring's keys, so that random nonces stay far below their limit of 2^32 a key (NIST
// SP 800-38D) without coordination between processes. All failures give null. The cipher is the synchronous one of
// node:crypto, since jose's passes each token to a thread and back (bench/token.ts); jose is the oracle of the tests.
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { z } from 'zod';
import type { KeyRing } from '../../protocol/key-files.ts';
import type { Clock } from '../clock.ts';
import { parseJson } from '../json.ts';

/** Longest token that is read, in characters. */
export const tokenCharactersMax = 4_096;
/** Longest protected header, in characters. */
const headerCharactersMax = 256;
const hourMs = 3_600_000;
/** Another process whose clock is ahead may already seal under the next hour's key. */
const hoursAhead = 1;

const nonceBytes = 12;
const tagBytes = 16;

export type TokenKind = { readonly typ: string; readonly audience: string };
export type SealedTokens<Claims> = {
  /** Seals claims until `expiresAtMs` (rounded down to the second). */
  seal(claims: Claims, expiresAtMs: number): Promise<string>;
  /** The claims of a token of this kind that has not expired, or null for any fault. */
  open(token: string): Promise<Claims | null>;
};

type HourKey = {
  readonly kid: string;
  readonly hour: number;
  readonly header: string;
  /** The bytes of the header, which the cipher authenticates. */
  readonly headerBytes: Buffer;
  readonly key: KeyObject;
};

type KeyOptions = {
  readonly ring: KeyRing;
  readonly kind: TokenKind;
  /** Longest lifetime of a token of this kind, in seconds: how far back keys are tried. */
  readonly secondsMax: number;
  readonly clock: Clock;
};

export function createSealedTokens<Claims extends JWTPayload>(
  options: KeyOptions & { readonly claims: z.ZodType<Claims> },
): SealedTokens<Claims> {
  const { kind, claims: schema, clock } = options;
  const keys = createHourKeys(options);
  const open = (token: string): Claims | null => {
    if (token.length > tokenCharactersMax) return null;
    // The exact header, so that nothing in it has to be checked again, and no wrapped key.
    const [header = '', wrapped, ...parts] = token.split('.');
    const key = wrapped === '' ? keys.find(header) : null;
    if (!key) return null;
    const encrypted = encryptedOf(parts);
    if (!encrypted) return null;
    const text = decrypt(key, encrypted);
    const payload = text === null ? undefined : parseJson(text);
    if (!isValidNow(payload, kind.audience, clock())) return null;
    return schema.safeParse(payload).data ?? null;
  };
  return {
    seal(claims, expiresAtMs) {
      const { header, headerBytes, key } = keys.newest();
      const payload = { ...claims, aud: kind.audience, exp: Math.floor(expiresAtMs / 1_000) };
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
      cipher.setAAD(headerBytes);
      const content = Buffer.concat([cipher.update(JSON.stringify(payload), 'utf8'), cipher.final()]);
      const parts = [nonce, content, cipher.getAuthTag()].map((part) => part.toString('base64url'));
      return Promise.resolve(`${header}..${parts.join('.')}`);
    },
    open: (token) => Promise.resolve(open(token)),
  };
}

type Encrypted = { readonly nonce: Buffer; readonly content: Buffer; readonly tag: Buffer };

/** 96 bits of nonce, ciphertext, 128 bits of tag. */
function encryptedOf(parts: readonly string[]): Encrypted | null {
  if (parts.length !== 3) return null;
  const [nonce, content, tag] = parts.map(bytesOf);
  if (nonce?.length !== nonceBytes || tag?.length !== tagBytes) return null;
  return content && content.length > 0 ? { nonce, content, tag } : null;
}

/** The bytes of a part in its one valid spelling, so that a token cannot be changed into another text that opens too. */
function bytesOf(part: string): Buffer | null {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : null;
}

function decrypt({ headerBytes, key }: HourKey, { nonce, content, tag }: Encrypted): string | null {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(headerBytes);
  decipher.setAuthTag(tag);
  try {
    // GCM holds nothing back: all of the text comes from `update`, and `final` only checks the tag.
    const text = decipher.update(content);
    decipher.final();
    return text.toString('utf8');
  } catch {
    return null;
  }
}

/** Audience and end of a token (RFC 7519). It is over at its second. */
function isValidNow(payload: unknown, audience: string, nowMs: number): boolean {
  if (typeof payload !== 'object' || payload === null) return false;
  const { aud, exp } = payload as { aud?: unknown; exp?: unknown };
  return aud === audience && typeof exp === 'number' && exp > Math.floor(nowMs / 1_000);
}

// The keys of the hours around now, each derived once.
function createHourKeys({ ring, kind, secondsMax, clock }: KeyOptions) {
  const hoursBack = Math.ceil((secondsMax * 1_000) / hourMs) + 1;
  const keys = new Map<string, HourKey>();
  // By the exact protected header, which is the only accepted form: no algorithm is ever negotiated.
  const byHeader = new Map<string, HourKey>();
  const hourNow = (): number => Math.floor(clock() / hourMs);
  const isCurrent = (hour: number): boolean => hour <= hourNow() + hoursAhead && hour >= hourNow() - hoursBack;

  const keyOf = (kid: string, secret: string, hour: number): HourKey => {
    const name = `${kid}.${hour}`;
    let key = keys.get(name);
    if (!key) {
      if (keys.size > ring.length * (hoursBack + hoursAhead + 2)) {
        keys.clear();
        byHeader.clear();
      }
      key = deriveHourKey(secret, name, hour, kind);
      keys.set(name, key);
    }
    return key;
  };

  return {
    newest(): HourKey {
      const [newest] = ring;
      if (!newest) throw new Error('The key ring is empty.');
      return keyOf(newest.kid, newest.key, hourNow());
    },
    find(header: string): HourKey | null {
      const existing = byHeader.get(header);
      if (existing) return isCurrent(existing.hour) ? existing : null;
      const [, name, hourText] = /^([A-Za-z0-9_-]{1,32})\.(\d{1,8})$/.exec(kidOf(header) ?? '') ?? [];
      const secret = ring.find((entry) => entry.kid === name)?.key;
      const hour = Number(hourText);
      if (name === undefined || secret === undefined || !isCurrent(hour)) return null;
      const key = keyOf(name, secret, hour);
      if (key.header !== header) return null;
      byHeader.set(header, key);
      return key;
    },
  };
}

// As jose writes it.
function headerText(kid: string, kind: TokenKind): string {
  return Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, typ: kind.typ })).toString('base64url');
}

function kidOf(header: string): string | null {
  if (header.length > headerCharactersMax) return null;
  const match = /"kid":"([^"\\]{1,64})"/.exec(Buffer.from(header, 'base64url').toString('utf8'));
  return match?.[1] ?? null;
}

function deriveHourKey(secret: string, kid: string, hour: number, kind: TokenKind): HourKey {
  const bytes = hkdfSync('sha256', Buffer.from(secret, 'base64url'), kind.audience, `popvote/token/v1|${kid}`, 32);
  const header = headerText(kid, kind);
  return { kid, hour, header, headerBytes: Buffer.from(header, 'ascii'), key: createSecretKey(Buffer.from(bytes)) };
}
