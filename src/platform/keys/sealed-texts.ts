// Texts that a service stores encrypted in its database: compact JWE (RFC 7516), `dir` with A256GCM, by jose. Each is
// bound to its kind and its owner, so that a writer of rows cannot assign one person's text to another.
import { hkdfSync } from 'node:crypto';
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import type { KeyRing } from '../../protocol/key-files.ts';

export type SealedTexts = {
  /** Seals a text for its owner, under the ring's first key. */
  seal(text: string, owner: string): Promise<string>;
  /** The text. Throws if it was not sealed for this owner: then a row or a key is wrong. */
  open(sealed: string, owner: string): Promise<string>;
  isNewest(sealed: string): boolean;
};

/** `purpose` separates kinds of texts: each has separate keys, derived from the ring's. */
export function createSealedTexts(ring: KeyRing, purpose: string): SealedTexts {
  const keys = new Map(
    ring.map(({ kid, key }) => {
      const salt = Buffer.from('popvote/sealed-text/v1');
      return [kid, new Uint8Array(hkdfSync('sha256', Buffer.from(key, 'base64url'), salt, purpose, 32))];
    }),
  );
  const [newest] = ring;
  if (!newest) throw new Error('The key ring is empty.');
  return {
    async seal(text, owner) {
      const key = keys.get(newest.kid) ?? new Uint8Array();
      return new CompactEncrypt(Buffer.from(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: newest.kid, typ: purpose, sub: owner })
        .encrypt(key);
    },
    async open(sealed, owner) {
      const { plaintext, protectedHeader } = await compactDecrypt(
        sealed,
        ({ kid }) => {
          const key = keys.get(kid ?? '');
          if (!key) throw new Error('A text is sealed under a key that is not in the ring.');
          return key;
        },
        { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] },
      );
      if (protectedHeader.typ !== purpose || protectedHeader['sub'] !== owner) {
        throw new Error('A text is sealed for another owner.');
      }
      return Buffer.from(plaintext).toString('utf8');
    },
    isNewest: (sealed) => decodeProtectedHeader(sealed).kid === newest.kid,
  };
}
