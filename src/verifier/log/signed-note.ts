// Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures.
import { readBase64, readUtf8 } from '../documents/record-bytes.ts';

/** Largest note, in bytes. */
export const noteBytesMax = 65_536;
/** Most signatures of a note. */
const signaturesMax = 100;

export type NoteSignature = { readonly name: string; readonly keyId: Buffer; readonly signature: Buffer };
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/** Reads a note; null if it has another form. The text keeps its last line feed. */
export function readSignedNote(bytes: Uint8Array): SignedNote | null {
  const note = bytes.length > noteBytesMax ? null : readUtf8(bytes);
  // Control characters other than the line feed are not allowed.

  if (note === null || /[\u0000-\u0009\u000b-\u001f]/.test(note) || !note.endsWith('\n')) return null;
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return null;
  const lines = note.slice(split + 2, -1).split('\n');
  const signatures = lines.map(readSignature).filter((each) => each !== null);
  if (signatures.length !== lines.length || signatures.length > signaturesMax) return null;
  return { text: note.slice(0, split + 1), signatures };
}

function readSignature(line: string): NoteSignature | null {
  const [, name = '', encoded = ''] = /^\u2014 ([^\p{White_Space}+]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
  const bytes = readBase64(encoded);
  if (name === '' || bytes === null || bytes.length < 5) return null;
  return { name, keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}
