// A checkpoint (c2sp.org/tlog-checkpoint): the text of a note that says how large a log is and what its root is.
import { base64Of, bytesOfBase64, hashBytes } from './bytes.ts';

export type Checkpoint = {
  readonly origin: string;
  /** Leaves of the tree. */
  readonly size: number;
  readonly root: Uint8Array;
};

/** The text that the log signs and witnesses cosign. */
export const encodeCheckpoint = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${base64Of(root)}\n`;

/** The checkpoint in the text of a note, or null. Extension lines are refused: no log of this project has any. */
export function decodeCheckpoint(text: string): Checkpoint | null {
  const [origin = '', digits = '', base64 = '', end, ...rest] = text.split('\n');
  const root = bytesOfBase64(base64);
  const size = Number(digits);
  if (origin === '' || end !== '' || rest.length > 0 || !/^(0|[1-9]\d{0,15})$/.test(digits)) return null;
  return root?.length === hashBytes && Number.isSafeInteger(size) ? { origin, size, root } : null;
}
