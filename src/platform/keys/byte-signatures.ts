// Ed25519 signatures (RFC 8032) over bytes, with keys as the 32 bytes in which notes and manifests name them.
import { createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Signs bytes with a private key. The signature has 64 bytes. */
export const byteSigner =
  (key: KeyObject) =>
  (bytes: Uint8Array): Buffer =>
    sign(null, bytes, key);

/** The 32 bytes of the public half of a key: the end of its SPKI form (RFC 8410). */
export const publicKeyBytes = (key: KeyObject): Buffer =>
  (key.type === 'private' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' }).subarray(-32);

/** The public key of 32 bytes. Throws where they are not 32. */
export const publicKeyOfBytes = (bytes: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(bytes).toString('base64url') },
    format: 'jwk',
  });

/** Whether the signature is by this key and over exactly these bytes. Never throws, whatever the signature. */
export const bytesAreSigned = (key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean =>
  signature.length === 64 && verify(null, bytes, key, signature);

/** The same in another thread, for many signatures. */
export const bytesAreSignedAside = (key: KeyObject, bytes: Uint8Array, signature: Uint8Array): Promise<boolean> =>
  new Promise((resolve, reject) => {
    if (signature.length !== 64) resolve(false);
    else {
      verify(null, bytes, key, signature, (error, isSigned) => {
        if (error) reject(error);
        else resolve(isSigned);
      });
    }
  });
