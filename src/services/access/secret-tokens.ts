// Random secrets, and the keyed hashes under which the database stores them: refresh tokens, invitations, recovery
// codes. The database alone reveals no usable secret.
import { randomBytes } from 'node:crypto';
import { hashKeys, keyedHash } from '../../platform/keys/keyed-hash.ts';
import type { HashKey } from '../../platform/keys/keyed-hash.ts';
import { newSecret } from '../../platform/keys/new-keys.ts';
import type { KeyRing } from '../../protocol/key-files.ts';

type Kind = 'refresh' | 'invitation' | 'recovery' | 'token-id';

/** Under one key. */
export type KeyedTokens = {
  /** The keyed hash of a token, 32 bytes. */
  tag(kind: Kind, token: string): Buffer;
  /**
   * The refresh token that follows another. It is derived, not random: after a lost answer any process can give the
   * same pair again, and the token is not stored anywhere.
   */
  next(refreshToken: string): string;
};
/** Under the newest key: for new tokens. */
export type SecretTokens = KeyedTokens & {
  /** Returns a new token of 256 random bits. */
  make(): string;
  /** Under each key, newest first: for tokens that exist. The tokens of a session have one key, to its end. */
  readonly each: readonly KeyedTokens[];
};

/** `ring` is the ring `refresh` of the service. */
export function createSecretTokens(ring: KeyRing): SecretTokens {
  const each = [...hashKeys(ring).values()].map(keyedTokens);
  const [newest] = each;
  if (!newest) throw new Error('The key ring is empty.');
  return { ...newest, make: newSecret, each };
}

function keyedTokens(key: HashKey): KeyedTokens {
  return {
    tag: (kind, token) => Buffer.from(keyedHash(key, `popvote/${kind}-tag/v1|${token}`), 'base64url'),
    next: (refreshToken) => keyedHash(key, `popvote/refresh-next/v1|${refreshToken}`),
  };
}

/** Letters and digits that can be read aloud: no 0, 1, 8 or 9, which look like letters (RFC 4648 base32). */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const groupCharacters = 4;

/** A secret of five random bits a character, such as `QK4T-7WZA-MMRD-2XPE`. */
export function readableSecret(groups: number): string {
  const characters = [...randomBytes(groups * groupCharacters)].map((byte) => alphabet.charAt(byte % alphabet.length));
  return Array.from({ length: groups }, (_, index) =>
    characters.slice(index * groupCharacters, (index + 1) * groupCharacters).join(''),
  ).join('-');
}
