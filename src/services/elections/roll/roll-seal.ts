// The keyed names and sealed copies of people on a roll. Each election has its own keys, derived from the identity key
// of this service. A name does not equal the digest that `ballots` gets, so that no value is in two databases.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { keyedHash } from '../../../platform/keys/keyed-hash.ts';
import type { HashKey } from '../../../platform/keys/keyed-hash.ts';
import { identityText } from '../../../protocol/ballot-service.ts';

/** Layout of a sealed text, in bytes: nonce 12 | ciphertext | tag 16. */
const nonceBytes = 12;
const tagBytes = 16;
/** Length of a mark, in bytes: it only tells one spelling or label from another. */
const markBytes = 16;

/** Between the number and the second element of a person, where both are sealed together. No cell of a file has it. */
const elementSeparator = '\u001F';

/** What is sealed of a person. `second` is empty where the election has no second element. */
export const sealedPersonText = (number: string, second: string): string =>
  second === '' ? number : `${number}${elementSeparator}${second}`;

/** The number and the second element of a sealed person. */
export function personOf(text: string): { readonly number: string; readonly second: string | undefined } {
  const [number = '', second] = text.split(elementSeparator);
  return { number, second };
}

export type RollSeal = {
  /** The name of a person, 32 bytes, by the canonical number. */
  name(canonical: string): Buffer;
  /** The digest of a person that `ballots` has, by `rollSubject`. */
  identity(subject: string): string;
  /** 16 bytes that differ where texts of a kind differ. */
  mark(kind: 'spelling' | 'label', text: string): Buffer;
  seal(text: string): Buffer;
  /** The text. Throws if it was not sealed with the key of this election. */
  open(sealed: Buffer): string;
};

export function createRollSeal(identityKey: HashKey, electionId: string): RollSeal {
  const keyOf = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', identityKey, 'popvote/roll/v1', `${purpose}|${electionId}`, 32));
  const nameKey = keyOf('name');
  const markKey = keyOf('mark');
  const sealKey = keyOf('seal');
  return {
    name: (canonical) => createHmac('sha256', nameKey).update(canonical).digest(),
    identity: (subject) => keyedHash(identityKey, identityText(electionId, 'roll', subject)),
    mark: (kind, text) => createHmac('sha256', markKey).update(`${kind}|${text}`).digest().subarray(0, markBytes),
    seal(text) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce);
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, body, cipher.getAuthTag()]);
    },
    open(sealed) {
      const decipher = createDecipheriv('aes-256-gcm', sealKey, sealed.subarray(0, nonceBytes));
      decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
      const body = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes));
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    },
  };
}
