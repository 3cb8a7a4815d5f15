// Tokens that only this service can create and read: compact JWE (RFC 7516), `dir` with A256GCM, by jose. Each key
// serves one hour and one kind of token, derived from the ring's keys, so that random nonces stay far below their limit
// of 2^32 a key (NIST SP 800-38D) without coordination between processes. All failures give null.
import { hkdfSync, webcrypto } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { JWTPayload } from 'jose';
import type { z } from 'zod';
import type { KeyRing } from '../../protocol/key-files.ts';
import type { Clock } from '../clock.ts';

/** Longest token that is read, in characters. */
export const tokenCharactersMax = 4_096;
/** Longest protected header, in characters. */
const headerCharactersMax = 256;
const hourMs = 3_600_000;
/** Another process whose clock is ahead may already seal under the next hour's key. */
const hoursAhead = 1;

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
  readonly key: webcrypto.CryptoKey;
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
  return {
    async seal(claims, expiresAtMs) {
      const { kid, key } = await keys.newest();
      return new EncryptJWT(claims)
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, typ: kind.typ })
        .setAudience(kind.audience)
        .setExpirationTime(Math.floor(expiresAtMs / 1_000))
        .encrypt(key);
    },
    async open(token) {
      if (token.length > tokenCharactersMax || !isCompact(token)) return null;
      const key = await keys.find(token.slice(0, token.indexOf('.')));
      if (!key) return null;
      try {
        const { payload } = await jwtDecrypt(token, key.key, {
          audience: kind.audience,
          typ: kind.typ,
          requiredClaims: ['exp'],
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          currentDate: new Date(clock()),
        });
        const parsed = schema.safeParse(payload);
        return parsed.success ? parsed.data : null;
      } catch {
        return null;
      }
    },
  };
}

// The keys of the hours around now, each derived once.
function createHourKeys({ ring, kind, secondsMax, clock }: KeyOptions) {
  const hoursBack = Math.ceil((secondsMax * 1_000) / hourMs) + 1;
  const keys = new Map<string, Promise<HourKey>>();
  // By the exact protected header, which is the only accepted form: no algorithm is ever negotiated.
  const byHeader = new Map<string, HourKey>();
  const hourNow = (): number => Math.floor(clock() / hourMs);
  const isCurrent = (hour: number): boolean => hour <= hourNow() + hoursAhead && hour >= hourNow() - hoursBack;

  const keyOf = (kid: string, secret: string, hour: number): Promise<HourKey> => {
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
    newest(): Promise<HourKey> {
      const [newest] = ring;
      if (!newest) throw new Error('The key ring is empty.');
      return keyOf(newest.kid, newest.key, hourNow());
    },
    async find(header: string): Promise<HourKey | null> {
      const existing = byHeader.get(header);
      if (existing) return isCurrent(existing.hour) ? existing : null;
      const [, name, hourText] = /^([A-Za-z0-9_-]{1,32})\.(\d{1,8})$/.exec(kidOf(header) ?? '') ?? [];
      const secret = ring.find((entry) => entry.kid === name)?.key;
      const hour = Number(hourText);
      if (name === undefined || secret === undefined || !isCurrent(hour)) return null;
      const key = await keyOf(name, secret, hour);
      if (key.header !== header) return null;
      byHeader.set(header, key);
      return key;
    },
  };
}

// jose writes the header as JSON.stringify of its input, in this order. A test checks that.
function headerText(kid: string, kind: TokenKind): string {
  return Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid, typ: kind.typ })).toString('base64url');
}

// Header, no wrapped key, 96 bits of nonce, ciphertext, 128 bits of tag. A last character that carries less than six
// bits has one valid spelling, so that a token cannot be changed into another text that opens too.
const compactForm = /^[\w-]+\.\.[\w-]{16}\.(?:[\w-]{4})*(?:[\w-]{2,3})?\.[\w-]{21}[AQgw]$/;
const tagCharacters = 22;
const lastOf: Readonly<Record<number, string>> = { 2: 'AQgw', 3: 'AEIMQUYcgkosw048' };

function isCompact(token: string): boolean {
  if (!compactForm.test(token)) return false;
  const end = token.length - tagCharacters - 1;
  const length = end - token.lastIndexOf('.', end - 1) - 1;
  return length > 0 && (lastOf[length % 4]?.includes(token.charAt(end - 1)) ?? true);
}

function kidOf(header: string): string | null {
  if (header.length > headerCharactersMax) return null;
  const match = /"kid":"([^"\\]{1,64})"/.exec(Buffer.from(header, 'base64url').toString('utf8'));
  return match?.[1] ?? null;
}

async function deriveHourKey(secret: string, kid: string, hour: number, kind: TokenKind): Promise<HourKey> {
  const bytes = hkdfSync('sha256', Buffer.from(secret, 'base64url'), kind.audience, `popvote/token/v1|${kid}`, 32);
  const key = await webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { kid, hour, header: headerText(kid, kind), key };
}
