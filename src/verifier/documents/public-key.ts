// Ed25519 (RFC 8032). OpenSSL verifies without cofactor and refuses an S that is not below the order of the group.
import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Length of a key, in bytes. */
export const keyLength = 32;
/** Length of a signature, in bytes. */
export const signatureLength = 64;

/** 2^255 - 19, the field of the curve. */
const fieldOrder = 2n ** 255n - 19n;

/** Reads a key of 32 bytes. Null if its coordinate is not below the order of the field (RFC 8032, section 5.1.3). */
export function readPublicKey(bytes: Buffer): KeyObject | null {
  if (bytes.length !== keyLength) return null;
  const littleEndian = Buffer.from(bytes).reverse();
  littleEndian[0] = (littleEndian[0] ?? 0) & 0x7f;
  if (BigInt(`0x${littleEndian.toString('hex')}`) >= fieldOrder) return null;
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
}

/** Whether the signature over the message is that of the key. */
export function verifies(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === signatureLength && verify(null, message, key, signature);
}

/** The same on a thread of the pool of Node, for many signatures at once. */
export function verifiesLater(key: KeyObject, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    verify(null, message, key, signature, (error, valid) => {
      if (error) reject(error);
      else resolve(valid);
    });
  });
}
