// Files beside the tiles: bundles of entries, openings of ballots, and the lists in which a leaf is found.
import { compareBytes, hashBytes, hexadecimalOf, joinBytes, readUint, textOfUtf8, uintBytes, utf8Of } from './bytes.ts';
import type { Bytes } from './bytes.ts';
import { tileHashesMax } from './tile.ts';

/** Entries, each behind its length in two bytes. */
export function encodeBundle(entries: readonly Uint8Array[]): Bytes {
  const bundle = new Uint8Array(entries.reduce((size, entry) => size + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    bundle[at] = entry.length >> 8;
    bundle[at + 1] = entry.length & 0xff;
    bundle.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bundle;
}

/** The entries of a bundle, or null where the lengths do not add up or there are more than a bundle has. */
export function decodeBundle(bytes: Uint8Array): Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 2 + readUint(bytes, at, 2);
    if (at + 2 > bytes.length || end > bytes.length || entries.length === tileHashesMax) return null;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** What opens the commitment of one entry: the tracker and the canonical text of the ballot. */
export type Opening = { readonly index: number; readonly tracker: Uint8Array; readonly text: string };

const openingHeadBytes = 4 + hashBytes + 2;

/** Openings in the order of their indexes. */
export const encodeOpenings = (openings: readonly Opening[]): Bytes =>
  joinBytes(
    ...openings.flatMap(({ index, tracker, text }) => {
      const ballot = utf8Of(text);
      return [uintBytes(index, 4), tracker, uintBytes(ballot.length, 2), ballot];
    }),
  );

/** The openings in these bytes, or null where they have not the form. */
export function decodeOpenings(bytes: Uint8Array): Opening[] | null {
  const openings: Opening[] = [];
  for (let at = 0; at < bytes.length;) {
    const textAt = at + openingHeadBytes;
    const end = textAt + readUint(bytes, textAt - 2, 2);
    if (textAt > bytes.length || end > bytes.length) return null;
    const text = textOfUtf8(bytes.subarray(textAt, end));
    if (text === null) return null;
    openings.push({ index: readUint(bytes, at, 4), tracker: bytes.slice(at + 4, textAt - 2), text });
    at = end;
  }
  return openings;
}

/** From these numbers of entries one more hexadecimal digit of a leaf names its list. */
const findSizes = [4_096, 65_536, 1_048_576] as const;
const findKeyBytes = 8;
const findRecordBytes = findKeyBytes + 4;

/** How many digits of a leaf name its list in a tree of this size. */
const findDigits = (size: number): number => findSizes.filter((from) => size >= from).length;

/** Where the list that has a leaf is, in a tree of this size. */
export function findPath(leaf: Uint8Array, size: number): string {
  const digits = findDigits(size);
  return `find/${digits}/${digits === 0 ? 'all' : hexadecimalOf(leaf.subarray(0, 2)).slice(0, digits)}`;
}

/** All lists of a tree, by path: of each leaf its first 8 bytes and its index, in the order of the bytes. */
export function findLists(leaves: readonly Uint8Array[]): Map<string, Bytes> {
  const records = new Map<string, Uint8Array[]>([...emptyFindPaths(leaves.length)].map((path) => [path, []]));
  for (const [index, leaf] of leaves.entries()) {
    const record = joinBytes(leaf.subarray(0, findKeyBytes), uintBytes(index, 4));
    records.get(findPath(leaf, leaves.length))?.push(record);
  }
  return new Map([...records].map(([path, list]) => [path, joinBytes(...list.sort(compareBytes))]));
}

/** The paths of all lists, also of those that no leaf is in. */
function* emptyFindPaths(size: number): Generator<string> {
  for (let first = 0; first < 16 ** findDigits(size); first += 1) {
    const digits = findDigits(size);
    yield digits === 0 ? 'find/0/all' : `find/${digits}/${first.toString(16).padStart(digits, '0')}`;
  }
}

/** Indexes at which a list says that the leaf may be. A proof shows at which it is. */
export function indexesInList(list: Uint8Array, leaf: Uint8Array): number[] {
  const indexes = [];
  for (let at = 0; at + findRecordBytes <= list.length; at += findRecordBytes) {
    if (compareBytes(list.subarray(at, at + findKeyBytes), leaf.subarray(0, findKeyBytes)) === 0)
      indexes.push(readUint(list, at + findKeyBytes, 4));
  }
  return indexes;
}
