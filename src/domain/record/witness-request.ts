// The request and the answer of a witness (c2sp.org/tlog-witness): a checkpoint with the proof that its tree grew out of
// the one that the witness cosigned last, and signature lines.
import { base64Of, bytesOfBase64, hashBytes } from './bytes.ts';
import { decodeNote } from './note.ts';
import type { NoteSignature } from './note.ts';

/** Most proof lines of a request. */
const proofLinesMax = 63;

export type WitnessRequest = {
  /** The size of the tree that the witness cosigned last. */
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  /** The checkpoint with the signature of its log. */
  readonly note: string;
};

export const encodeWitnessRequest = ({ oldSize, proof, note }: WitnessRequest): string =>
  `old ${oldSize}\n${proof.map((hash) => `${base64Of(hash)}\n`).join('')}\n${note}`;

/** The request in a body, or null where it has not the form. The note is not read. */
export function decodeWitnessRequest(body: string): WitnessRequest | null {
  const end = body.indexOf('\n\n');
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const [, digits] = /^old (0|[1-9]\d{0,15})$/.exec(first) ?? [];
  const oldSize = Number(digits);
  if (end < 0 || !Number.isSafeInteger(oldSize) || lines.length > proofLinesMax) return null;
  const proof = lines.map(bytesOfBase64).filter((hash) => hash?.length === hashBytes);
  if (proof.length !== lines.length) return null;
  return { oldSize, proof: proof as Uint8Array[], note: body.slice(end + 2) };
}

/** The signature lines of an answer about this text, or none where they have not the form. */
export const decodeWitnessAnswer = (text: string, lines: string): readonly NoteSignature[] =>
  decodeNote(`${text}\n${lines}`)?.signatures ?? [];
