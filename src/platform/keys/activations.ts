// Activations under the keys of their services: the name of a code in Redis and the seal of what is stored there, by the key
// of identities that `api` and `elections` share, and the signature of `elections`, which `ballots` checks. Without the code
// nothing is opened, also by who has the key and all of Redis.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parseJson } from '../json.ts';
import {
  activation,
  activationBytes,
  activationNameText,
  activationSealText,
  activationUseText,
} from '../../protocol/proofs/activation.ts';
import type { ActivatedVoter, Activation, ActivationProof } from '../../protocol/proofs/activation.ts';
import { attestedTime } from '../../protocol/proofs/attestation.ts';
import type { PublicJwk } from '../../protocol/key-files.ts';
import { bytesAreSigned, byteSigner } from './byte-signatures.ts';
import { keyedHash } from './keyed-hash.ts';
import type { HashKey } from './keyed-hash.ts';
import { verificationKeys } from './signatures.ts';
import type { SigningKey, VerificationKeys } from './signatures.ts';

/** Layout of a sealed activation, in bytes: nonce 12 | ciphertext | tag 16. */
const nonceBytes = 12;
const tagBytes = 16;

/** The name of a code in Redis. */
export const activationName = (key: HashKey, code: string): string => keyedHash(key, activationNameText(code));

/** What the first use of a code is noted as. `attempt` is random, of the client. */
export const activationUse = (key: HashKey, code: string, attempt: string): string =>
  keyedHash(key, activationUseText(code, attempt));

const sealKey = (key: HashKey, code: string): Buffer =>
  createHmac('sha256', key).update(activationSealText(code)).digest();

export function sealActivation(key: HashKey, code: string, value: Activation): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', sealKey(key, code), nonce);
  const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url');
}

/** Null if it was not sealed for this code. */
export function openActivation(key: HashKey, code: string, text: string): Activation | null {
  const sealed = Buffer.from(text, 'base64url');
  if (sealed.length <= nonceBytes + tagBytes) return null;
  const decipher = createDecipheriv('aes-256-gcm', sealKey(key, code), sealed.subarray(0, nonceBytes));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const start = decipher.update(sealed.subarray(nonceBytes, sealed.length - tagBytes));
  try {
    const opened = Buffer.concat([start, decipher.final()]).toString('utf8');
    return activation.safeParse(parseJson(opened)).data ?? null;
  } catch {
    return null; // another code, another key, or changed bytes
  }
}

/** What is stored of the secret of a device. The secret is random, so that no key is needed. */
export const deviceDigest = (secret: string): Buffer =>
  createHash('sha256').update(Buffer.from(secret, 'base64url')).digest();

/** Whether the device with this secret takes the activation. The time does not depend on which one it is. */
export function isForDevice({ devices }: Activation, secret: string | undefined): boolean {
  // Sealed by a release before devices.
  if (devices === undefined) return true;
  const digest = deviceDigest(secret ?? '');
  const equal = devices.map((each) => timingSafeEqual(Buffer.from(each, 'base64url'), digest));
  return secret !== undefined && equal.includes(true);
}

/** Signs an activation with the caller key of `elections`. */
export function activationProofOf({ kid, key }: SigningKey, voter: ActivatedVoter, atMs: number): ActivationProof {
  const verifiedAtMs = attestedTime(atMs);
  const signature = byteSigner(key)(activationBytes(voter, verifiedAtMs)).toString('base64url');
  return { method: 'activation', verifiedAtMs, kid, signature };
}

/** The keys of `elections` among those of callers: a later one has the name, a dot and a part of its own. */
export const activationSigners = (callers: readonly PublicJwk[]): VerificationKeys =>
  verificationKeys(callers.filter(({ kid }) => kid.split('.')[0] === 'elections'));

/** Whether `elections` activated this voter, for this election and instead of this phone. */
export function provesActivation(signers: VerificationKeys, proof: ActivationProof, voter: ActivatedVoter): boolean {
  const key = signers.get(proof.kid);
  const signature = Buffer.from(proof.signature, 'base64url');
  return key !== undefined && bytesAreSigned(key, activationBytes(voter, proof.verifiedAtMs), signature);
}
