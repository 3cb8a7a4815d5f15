// The file of repeated ballots, beside the tree of a closed log: their signed entries one after another, in the order of
// their bytes, so each once.
import { compareBytes } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { entryBytes } from './entry.ts';

/** Where the file is, below the prefix of the log. */
export const repeatedPath = 'repeated';

/** The file with these entries, which are in their order. */
export function encodeRepeated(entries: readonly Uint8Array[]): Bytes {
  const file = new Uint8Array(entries.length * entryBytes);
  for (const [place, entry] of entries.entries()) file.set(entry, place * entryBytes);
  return file;
}

/** The entries of a file, or null where they are not in their order or one is cut. */
export function decodeRepeated(file: Uint8Array): Uint8Array[] | null {
  if (file.length % entryBytes !== 0) return null;
  const entries = Array.from({ length: file.length / entryBytes }, (_, place) =>
    file.subarray(place * entryBytes, (place + 1) * entryBytes),
  );
  const isInOrder = entries.every(
    (entry, place) => place === 0 || compareBytes(entries[place - 1] ?? entry, entry) < 0,
  );
  return isInOrder ? entries : null;
}
