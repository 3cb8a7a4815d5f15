// Signed notes of C2SP (c2sp.org/signed-note): their syntax, the names of their keys, and the keys as text.
import { base64Of, bytesOfBase64, hashBytes, hexadecimalOf, joinBytes, readUint, uintBytes } from './bytes.ts';
import type { Bytes, HashFunction } from './bytes.ts';

/** Most characters of a note that is read. */
export const noteCharactersMax = 65_536;
/** Most signatures of a note that is read. */
export const noteSignaturesMax = 64;

/** The type byte of a note's key: an Ed25519 signature of the text, or a timestamped cosignature of a witness. */
export const noteKeyTypes = { ed25519: 1, cosignature: 4 } as const;
export type NoteKeyType = (typeof noteKeyTypes)[keyof typeof noteKeyTypes];

/** The public key of a signer. `publicKey` has 32 bytes. */
export type NoteKey = { readonly name: string; readonly type: NoteKeyType; readonly publicKey: Uint8Array };
/** One signature line. `keyId` has 4 bytes. */
export type NoteSignature = { readonly name: string; readonly keyId: Uint8Array; readonly signature: Uint8Array };
export type Note = {
  /** The signed text, with its final line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
};

const keyIdBytes = 4;
/** A name has no white space of Unicode, no plus and no control character. */
const nameForm = /^[^\s+\p{Cc}\p{Z}]+$/u;

/** The 4 bytes that name a key in a signature line. */
export const noteKeyId = (hash: HashFunction, { name, type, publicKey }: NoteKey): Uint8Array =>
  hash(joinBytes(name, '\n', Uint8Array.of(type), publicKey)).slice(0, keyIdBytes);

/** A signature line with its line feed. */
export const noteLine = ({ name, keyId, signature }: NoteSignature): string =>
  `— ${name} ${base64Of(joinBytes(keyId, signature))}\n`;

/** A note of a text, which ends in a line feed, and signatures. */
export const encodeNote = ({ text, signatures }: Note): string => `${text}\n${signatures.map(noteLine).join('')}`;

/** The note in a text, or null where it has not the form. No signature is verified. */
export function decodeNote(note: string): Note | null {
  if (note.length > noteCharactersMax || /[\0-\t\v-\x1f]/.test(note)) return null;
  const split = note.lastIndexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return null;
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > noteSignaturesMax) return null;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [dash, name = '', value = '', ...rest] = line.split(' ');
    const bytes = bytesOfBase64(value);
    if (dash !== '—' || !nameForm.test(name) || rest.length > 0 || !bytes || bytes.length <= keyIdBytes) return null;
    signatures.push({ name, keyId: bytes.slice(0, keyIdBytes), signature: bytes.slice(keyIdBytes) });
  }
  return { text: note.slice(0, split + 1), signatures };
}

/** The key as text: name, key id in hexadecimal, and base64 of type and key, joined by plus signs. */
export const encodeNoteKey = (hash: HashFunction, key: NoteKey): string =>
  `${key.name}+${hexadecimalOf(noteKeyId(hash, key))}+${base64Of(joinBytes(Uint8Array.of(key.type), key.publicKey))}`;

/** The key in a text, or null where it has not the form, its type is not known, or its id is not that of the key. */
export function decodeNoteKey(hash: HashFunction, text: string): NoteKey | null {
  const [name = '', keyId = ''] = text.split('+', 2);
  const bytes = bytesOfBase64(text.slice(name.length + keyId.length + 2));
  if (!nameForm.test(name) || bytes?.length !== 1 + hashBytes) return null;
  const [type] = bytes;
  if (type !== noteKeyTypes.ed25519 && type !== noteKeyTypes.cosignature) return null;
  const key: NoteKey = { name, type, publicKey: bytes.slice(1) };
  return hexadecimalOf(noteKeyId(hash, key)) === keyId ? key : null;
}

/** What a witness signs of a checkpoint (c2sp.org/tlog-cosignature): `time` in seconds since 1970. */
export const cosignedBytes = (time: number, text: string): Bytes => joinBytes(`cosignature/v1\ntime ${time}\n${text}`);

/** The time and the signature that a cosignature line has. */
export const encodeCosignature = (time: number, signature: Uint8Array): Bytes =>
  joinBytes(uintBytes(time, 8), signature);

/** Time, in seconds since 1970, and signature of a cosignature; null where it has not the form. */
export function decodeCosignature(bytes: Uint8Array): { readonly time: number; readonly signature: Uint8Array } | null {
  const time = readUint(bytes, 0, 8);
  return bytes.length === 72 && Number.isSafeInteger(time) ? { time, signature: bytes.slice(8) } : null;
}
