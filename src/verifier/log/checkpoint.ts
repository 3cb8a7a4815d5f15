// A checkpoint (C2SP tlog-checkpoint): origin, size and root of the tree in three lines, signed by the log and cosigned
// by witnesses (C2SP tlog-cosignature).
import { readPublicKey, signatureLength, verifies } from '../documents/public-key.ts';
import { readBase64 } from '../documents/record-bytes.ts';
import { logSignatureKind, noteKeyId } from './witness-key.ts';
import type { WitnessKey } from './witness-key.ts';
import { readSignedNote } from './signed-note.ts';
import type { SignedNote } from './signed-note.ts';

/** Largest tree: openings name an entry in 32 bits. */
const treeSizeMax = 2 ** 32 - 1;
/** How far in the future the time of a cosignature may be, in milliseconds. */
const aheadMsMax = 3_600_000;
const timeLength = 8;

export type Checkpoint = {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  readonly note: SignedNote;
};

/** Reads a checkpoint; null if it has another form. Its signatures are not verified here. */
export function readCheckpoint(bytes: Uint8Array): Checkpoint | null {
  const note = readSignedNote(bytes);
  const [, origin = '', digits = '', encoded = ''] =
    /^([^\n]+)\n(0|[1-9]\d{0,9})\n([^\n]+)\n$/.exec(note?.text ?? '') ?? [];
  const root = readBase64(encoded);
  const size = Number(digits);
  if (note === null || root?.length !== 32 || size > treeSizeMax) return null;
  return { origin, size, root, note };
}

/** Whether the log signed the checkpoint: under the name of the origin, and with its key. */
export function isSignedByLog({ origin, note }: Checkpoint, logKey: Buffer): boolean {
  const id = noteKeyId(origin, logSignatureKind, logKey);
  const key = readPublicKey(logKey);
  const text = Buffer.from(note.text);
  return note.signatures.some(
    ({ name, keyId, signature }) =>
      name === origin && keyId.equals(id) && key !== null && verifies(key, text, signature),
  );
}

/** How many of the witnesses cosigned the checkpoint, none of them dated more than an hour after `nowMs`. */
export function countWitnesses({ note }: Checkpoint, witnesses: readonly WitnessKey[], nowMs: number): number {
  return witnesses.filter((witness) => hasCosigned(note, witness, nowMs)).length;
}

function hasCosigned({ text, signatures }: SignedNote, witness: WitnessKey, nowMs: number): boolean {
  const key = readPublicKey(witness.key);
  return signatures.some(({ name, keyId, signature }) => {
    if (name !== witness.name || !keyId.equals(witness.id)) return false;
    if (key === null || signature.length !== timeLength + signatureLength) return false;
    const seconds = signature.readBigUInt64BE(0);
    if (seconds * 1000n > BigInt(nowMs + aheadMsMax)) return false;
    const message = Buffer.from(`cosignature/v1\ntime ${seconds.toString()}\n${text}`);
    return verifies(key, message, signature.subarray(timeLength));
  });
}
