// Random secrets, and the keyed hashes under which the database stores them: refresh tokens, invitations, recovery
// codes. The database alone reveals no usable secret.
import { randomBytes } from 'node:crypto';
import { hashKey, keyedHash } from '../../platform/keys/keyed-hash.ts';
import { newSecret } from '../../platform/keys/new-keys.ts';

type Kind = 'refresh' | 'invitation' | 'recovery' | 'token-id';

export type SecretTokens = {
  /** Returns a new token of 256 random bits. */
  make(): string;
  /** The keyed hash of a token, 32 bytes. */
  tag(kind: Kind, token: string): Buffer;
  /**
   * The refresh token that follows another. It is derived, not random: after a lost answer any process can give the
   * same pair again, and the token is not stored anywhere.
   */
  next(refreshToken: string): string;
};

/** `secret` is the key `refresh` of the service. */
export function createSecretTokens(secret: string): SecretTokens {
  const key = hashKey(secret);
  return {
    make: newSecret,
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
