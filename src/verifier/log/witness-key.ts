// The key of a witness, as C2SP signed notes write it: name+hash+key. The key is base64 of the byte 4 (cosignature/v1)
// and an Ed25519 key; the hash is the key id in hexadecimal.
import { keyLength, readPublicKey } from '../documents/public-key.ts';
import { hashParts, readBase64 } from '../documents/record-bytes.ts';
import type { Shape } from '../documents/shapes.ts';

/** Kind of signature of a log: Ed25519 over the text of the note. */
export const logSignatureKind = 1;
/** Kind of signature of a witness: Ed25519 over a time and the text of the note. */
export const cosignatureKind = 4;

export type WitnessKey = { readonly name: string; readonly id: Buffer; readonly key: Buffer };

/** The id of a key in notes: four bytes. */
export const noteKeyId = (name: string, kind: number, key: Uint8Array): Buffer =>
  hashParts(name, '\n', Buffer.of(kind), key).subarray(0, 4);

/** Reads the text of a witness key; undefined if it has another form or its id does not fit. */
export const witnessShape: Shape<WitnessKey> = (json) => {
  const [, name = '', id = '', encoded = ''] =
    typeof json === 'string'
      ? (/^([^\p{White_Space}+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,255})$/u.exec(json) ?? [])
      : [];
  const bytes = readBase64(encoded);
  if (bytes?.length !== keyLength + 1 || bytes[0] !== cosignatureKind) return undefined;
  const key = bytes.subarray(1);
  if (readPublicKey(key) === null) return undefined;
  return noteKeyId(name, cosignatureKind, key).toString('hex') === id
    ? { name, id: Buffer.from(id, 'hex'), key }
    : undefined;
};
