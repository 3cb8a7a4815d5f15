// Checkpoints with their signatures: how a log signs one, how a witness cosigns it, and which signatures of a note hold.
// Keys and hashes of Node or of a browser are passed in.
import { equalBytes } from './bytes.ts';
import type { Bytes, HashFunction, SignFunction } from './bytes.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import { cosignedBytes, decodeCosignature, decodeNote, encodeCosignature, encodeNote, noteKeyId } from './note.ts';
import { noteKeyTypes } from './note.ts';
import type { Note, NoteKey, NoteSignature } from './note.ts';
import { joinBytes } from './bytes.ts';

/** Whether an Ed25519 signature is by the key of 32 bytes and over exactly these bytes. */
export type VerifyFunction = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => boolean;
export type NoteVerifier = { readonly hash: HashFunction; readonly verify: VerifyFunction };

/** The name under which a log signs its checkpoints is its origin. */
export const logNoteKey = (origin: string, publicKey: Uint8Array): NoteKey => ({
  name: origin,
  type: noteKeyTypes.ed25519,
  publicKey,
});

/** The note of a checkpoint with the signature of its log. */
export function signCheckpoint(
  signer: { readonly hash: HashFunction; readonly sign: SignFunction; readonly publicKey: Uint8Array },
  checkpoint: Checkpoint,
): string {
  const text = encodeCheckpoint(checkpoint);
  const key = logNoteKey(checkpoint.origin, signer.publicKey);
  const signature = { name: key.name, keyId: noteKeyId(signer.hash, key), signature: signer.sign(joinBytes(text)) };
  return encodeNote({ text, signatures: [signature] });
}

export type SignedCheckpoint = { readonly checkpoint: Checkpoint; readonly note: Note };

/** The checkpoint in a note that its log signed with this key, or null. `origin` is the one that it must name. */
export function openSignedCheckpoint(
  verifier: NoteVerifier,
  noteText: string,
  log: { readonly origin: string; readonly publicKey: Uint8Array },
): SignedCheckpoint | null {
  const note = decodeNote(noteText);
  const checkpoint = note && decodeCheckpoint(note.text);
  if (!checkpoint || checkpoint.origin !== log.origin) return null;
  const key = logNoteKey(log.origin, log.publicKey);
  return signaturesOfLog(verifier, note, key).length > 0 ? { checkpoint, note } : null;
}

/** The cosignature line of a witness over the text of a checkpoint. `time` is in seconds since 1970. */
export function cosign(
  witness: { readonly hash: HashFunction; readonly sign: SignFunction; readonly key: NoteKey },
  text: string,
  time: number,
): NoteSignature {
  const signature = encodeCosignature(time, witness.sign(cosignedBytes(time, text)));
  return { name: witness.key.name, keyId: noteKeyId(witness.hash, witness.key), signature };
}

/** How far ahead of a reader's clock a witness may date its signature, in seconds. */
const cosignatureAheadSecondsMax = 3_600;

/** Whether a signature has no date, or one that is not in the future of a reader's clock. An old one stays valid. */
export const isDated = (time: number | null, nowMs: number): boolean =>
  time === null || time <= nowMs / 1_000 + cosignatureAheadSecondsMax;

/** The signatures of a note that are by this key, hold, and are not dated ahead of the reader's clock. */
export const signaturesBy = (
  { hash, verify }: NoteVerifier,
  note: Note,
  key: NoteKey,
  nowMs: number,
): SignatureClaim[] =>
  signatureClaims(hash, note, key).filter(
    ({ bytes, signature, time }) => isDated(time, nowMs) && verify(key.publicKey, bytes, signature),
  );

/** The signatures of a note by the key of its log, which have no date. */
export const signaturesOfLog = (verifier: NoteVerifier, note: Note, key: NoteKey): NoteSignature[] =>
  signaturesBy(verifier, note, key, 0).map(({ line }) => line);

/** A signature line under the name and id of a key: what the signature must be over. It is not verified. */
export type SignatureClaim = {
  readonly line: NoteSignature;
  readonly bytes: Bytes;
  readonly signature: Uint8Array;
  /** When a witness says that it cosigned, in seconds since 1970; null for a log. */
  readonly time: number | null;
};

export function signatureClaims(hash: HashFunction, { text, signatures }: Note, key: NoteKey): SignatureClaim[] {
  const keyId = noteKeyId(hash, key);
  return signatures.flatMap((line): SignatureClaim[] => {
    if (line.name !== key.name || !equalBytes(line.keyId, keyId)) return [];
    if (key.type === noteKeyTypes.ed25519) {
      return [{ line, bytes: joinBytes(text), signature: line.signature, time: null }];
    }
    const cosignature = decodeCosignature(line.signature);
    return cosignature ? [{ line, bytes: cosignedBytes(cosignature.time, text), ...cosignature }] : [];
  });
}
