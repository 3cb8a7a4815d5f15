// Sealed boxes: bytes that only the holder of one X25519 key can open (the construction of RFC 9180's base mode: an
// ephemeral key, HKDF-SHA-256 over both public keys, AES-256-GCM). One sealer serves one batch and is then discarded
// with its ephemeral key, so the sealing side cannot open. Nothing here may be logged.
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Layout, in bytes: version 1 | epoch 16 | ephemeral public key 32 | nonce 12 | ciphertext | tag 16. */
const version = 1;
export const epochBytes = 16;
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const nonceAt = 1 + epochBytes + keyBytes;
const headerBytes = nonceAt + nonceBytes;
/** How many bytes a sealed box is longer than its content. */
export const sealedOverheadBytes = headerBytes + tagBytes;
/** Boxes of one sealer: random nonces stay far below the limit of 2^32 for one key (NIST SP 800-38D). */
const boxesPerSealerMax = 10_000;

export type EpochKey = { readonly epoch: Buffer; readonly publicKey: Buffer };
export type EpochPrivateKey = EpochKey & { readonly privateKey: KeyObject };
export type Sealer = { seal(content: Buffer, context: Buffer): Buffer };

/** A new key pair for the holder. */
export function newEpochKey(): EpochPrivateKey & { readonly privateText: string } {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const privateText = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64url');
  return { epoch: randomBytes(epochBytes), publicKey: rawPublicKey(publicKey), privateKey, privateText };
}

/** The key pair of an epoch from the text of its private half. */
export function epochKeyOf(epoch: Buffer, privateText: string): EpochPrivateKey {
  const privateKey = createPrivateKey({ key: Buffer.from(privateText, 'base64url'), format: 'der', type: 'pkcs8' });
  return { epoch, privateKey, publicKey: rawPublicKey(createPublicKey(privateKey)) };
}

/** Seals to the holder of a key. Each box gets a random nonce, so that nothing reveals the order within a batch. */
export function createSealer(to: EpochKey): Sealer {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const ephemeral = rawPublicKey(publicKey);
  const key = boxKey(privateKey, publicKeyOf(to.publicKey), ephemeral, to);
  const head = Buffer.concat([Buffer.from([version]), to.epoch, ephemeral]);
  let boxes = 0;
  return {
    seal(content, context) {
      boxes += 1;
      if (boxes > boxesPerSealerMax) throw new Error('A sealer serves one batch.');
      const header = Buffer.concat([head, randomBytes(nonceBytes)]);
      const cipher = createCipheriv('aes-256-gcm', key, header.subarray(nonceAt));
      cipher.setAAD(Buffer.concat([header, context]));
      const body = cipher.update(content);
      cipher.final();
      return Buffer.concat([header, body, cipher.getAuthTag()]);
    },
  };
}

/** The epoch of the key that opens a box, or null if the bytes are not a box. */
export function epochOf(sealed: Buffer): Buffer | null {
  return sealed.length > sealedOverheadBytes && sealed[0] === version ? sealed.subarray(1, 1 + epochBytes) : null;
}

/** Derivations that an opener remembers. Boxes of one sealer share one, and come in any order. */
const derivationsMax = 4_096;

/** Opens boxes with one key. Null for bytes that were not sealed to this key or are damaged. */
export function createOpener(holder: EpochPrivateKey): (sealed: Buffer, context: Buffer) => Buffer | null {
  const derived = new Map<string, Buffer>();
  const keyFor = (ephemeral: Buffer): Buffer => {
    const name = ephemeral.toString('latin1');
    const existing = derived.get(name);
    if (existing) return existing;
    const key = boxKey(holder.privateKey, publicKeyOf(ephemeral), ephemeral, holder);
    if (derived.size >= derivationsMax) derived.clear();
    derived.set(name, key);
    return key;
  };
  return (sealed, context) => {
    if (!epochOf(sealed)?.equals(holder.epoch)) return null;
    const ephemeral = sealed.subarray(1 + epochBytes, nonceAt);
    try {
      const key = keyFor(ephemeral);
      const header = sealed.subarray(0, headerBytes);
      const decipher = createDecipheriv('aes-256-gcm', key, header.subarray(nonceAt), { authTagLength: tagBytes });
      decipher.setAAD(Buffer.concat([header, context]));
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(headerBytes, -tagBytes)), decipher.final()]);
    } catch {
      return null;
    }
  };
}

// Both public keys and the epoch are part of the derivation, so a box cannot be presented as sealed to another key.
function boxKey(privateKey: KeyObject, publicKey: KeyObject, ephemeral: Buffer, holder: EpochKey): Buffer {
  const shared = diffieHellman({ privateKey, publicKey });
  const salt = Buffer.concat([ephemeral, holder.publicKey]);
  const info = Buffer.concat([Buffer.from('popvote/sealed-box/v1\0'), holder.epoch]);
  return Buffer.from(hkdfSync('sha256', shared, salt, info, 32));
}

const rawPublicKey = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(-keyBytes);

function publicKeyOf(raw: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: raw.toString('base64url') }, format: 'jwk' });
}
