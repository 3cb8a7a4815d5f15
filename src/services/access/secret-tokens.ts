// Random texts that open something, and the keyed names under which the database knows them: refresh tokens,
// invitations, recovery codes. Whoever reads the database finds nothing that opens anything.
import { randomBytes } from 'node:crypto';
import { hashKey, keyedHash } from '../../platform/keys/keyed-hash.ts';
import { newSecret } from '../../platform/keys/new-keys.ts';

type Kind = 'refresh' | 'invitation' | 'recovery' | 'token-id';

export type SecretTokens = {
  /** A new token of 256 random bits. */
  make(): string;
  /** The keyed hash of a token, 32 bytes. */
  tag(kind: Kind, token: string): Buffer;
  /**
   * The refresh token that follows one. It is derived and not drawn, so that a refresh whose answer was lost gives the
   * same pair again from any process, without the token being stored anywhere.
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

/** Groups of four letters and digits that can be read aloud: no 0, 1, 8 or 9 that could be a letter (RFC 4648 base32). */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const groupCharacters = 4;

/** A text of five random bits a character, such as `QK4T-7WZA-MMRD-2XPE`. */
export function readableSecret(groups: number): string {
  const characters = [...randomBytes(groups * groupCharacters)].map((byte) => alphabet.charAt(byte % alphabet.length));
  return Array.from({ length: groups }, (_, index) =>
    characters.slice(index * groupCharacters, (index + 1) * groupCharacters).join(''),
  ).join('-');
}
