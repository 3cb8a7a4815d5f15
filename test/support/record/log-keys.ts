// Keys of an election with a public log that are the same in every run, and what only tests make with them.
import { createHash, createPrivateKey, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { encodeNoteKey, noteKeyTypes } from '../../../src/domain/record/note.ts';
import { sha256 } from '../../../src/platform/content-hash.ts';
import { publicKeyBytes } from '../../../src/platform/keys/byte-signatures.ts';
import type { SigningKey } from '../../../src/platform/keys/signatures.ts';
import type { ElectionHashKeys } from '../../../src/services/ballots/election-keys.ts';

/** 32 bytes that are the same in every run. */
export const seededBytes = (name: string): Buffer =>
  createHash('sha256').update(`popvote test vectors|${name}`).digest();

/** The RFC 8410 form of an Ed25519 private key, before its 32 bytes. */
const privateKeyPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 private key whose 32 secret bytes are `seededBytes(name)`. */
export const seededKey = (name: string): KeyObject =>
  createPrivateKey({ key: Buffer.concat([privateKeyPrefix, seededBytes(name)]), format: 'der', type: 'pkcs8' });

export type WitnessKey = { readonly name: string; readonly key: KeyObject };
export type LogKeys = {
  readonly log: KeyObject;
  readonly receipts: SigningKey;
  readonly deposits: SigningKey;
  readonly publisher: SigningKey;
  readonly witnesses: readonly WitnessKey[];
  readonly hash: ElectionHashKeys;
};

export function seededLogKeys(seed: string): LogKeys {
  const signer = (name: string): SigningKey => ({ kid: `${name}-${seed}`, key: seededKey(`${seed}|${name}`) });
  return {
    log: seededKey(`${seed}|log`),
    receipts: signer('receipts'),
    deposits: signer('deposits'),
    publisher: signer('publisher'),
    witnesses: [1, 2, 3].map((n) => ({ name: `w${n}.example.net/popvote`, key: seededKey(`${seed}|witness ${n}`) })),
    hash: {
      identity: createSecretKey(seededBytes(`${seed}|identity`)),
      receipt: createSecretKey(seededBytes(`${seed}|receipt`)),
    },
  };
}

/** The verifier key of a witness, as a manifest names it. */
export const witnessKeyText = ({ name, key }: WitnessKey): string =>
  encodeNoteKey(sha256, { name, type: noteKeyTypes.cosignature, publicKey: publicKeyBytes(key) });

/** A public key as a manifest names it. */
export const namedPublicKey = ({ kid, key }: SigningKey): { kid: string; x: string } => ({
  kid,
  x: publicKeyBytes(key).toString('base64url'),
});
