// SHA-256 and Ed25519 of Node, as the formats of the public log take them.
import { sha256 } from '../content-hash.ts';
import { bytesAreSigned, publicKeyOfBytes } from './byte-signatures.ts';

/** Verifies signatures of notes by keys of 32 bytes. */
export const noteVerifier = {
  hash: sha256,
  verify: (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean =>
    bytesAreSigned(publicKeyOfBytes(publicKey), bytes, signature),
};
