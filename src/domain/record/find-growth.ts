// How the lists in which a leaf is found grow with the tree: a list is merged with the records of new leaves.
import { findPath } from './bundle.ts';
import { compareBytes, joinBytes, uintBytes } from './bytes.ts';
import type { Bytes } from './bytes.ts';

export type PlacedLeaf = { readonly index: number; readonly leaf: Uint8Array };

/** Size of a record, in bytes: the first 8 of the leaf, and its index. */
const recordBytes = 12;
const recordOf = ({ index, leaf }: PlacedLeaf): Bytes => joinBytes(leaf.subarray(0, 8), uintBytes(index, 4));

/** Whether trees of these sizes have the same lists, by name. */
export function sameFindLists(oldSize: number, newSize: number): boolean {
  const leaf = new Uint8Array(2);
  return oldSize > 0 && findPath(leaf, oldSize) === findPath(leaf, newSize);
}

/** The records of new leaves, by the path of their list in a tree of this size. */
export function newFindRecords(leaves: readonly PlacedLeaf[], size: number): Map<string, Bytes[]> {
  const records = new Map<string, Bytes[]>();
  for (const placed of leaves) {
    const path = findPath(placed.leaf, size);
    const list = records.get(path);
    if (list) list.push(recordOf(placed));
    else records.set(path, [recordOf(placed)]);
  }
  return records;
}

/** A list with more records, sorted, each once. The list is sorted and has each of its records once. */
export function mergeFindList(list: Uint8Array, records: readonly Uint8Array[]): Bytes {
  const merged = new Uint8Array(list.length + records.length * recordBytes);
  let from = 0;
  let to = 0;
  const copyUpTo = (end: number): void => {
    merged.set(list.subarray(from, end), to);
    to += end - from;
    from = end;
  };
  for (const record of [...records].sort(compareBytes)) {
    copyUpTo(placeInList(list, from, record));
    const isKnown = recordIsAt(list, from, record) || recordIsAt(merged, to - recordBytes, record);
    if (isKnown) continue;
    merged.set(record, to);
    to += recordBytes;
  }
  copyUpTo(list.length);
  return merged.slice(0, to);
}

/** Where the first record of a list is, from a place on, that is not before this one. */
function placeInList(list: Uint8Array, from: number, record: Uint8Array): number {
  let low = from / recordBytes;
  let high = list.length / recordBytes;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(list.subarray(middle * recordBytes, (middle + 1) * recordBytes), record) < 0) low = middle + 1;
    else high = middle;
  }
  return low * recordBytes;
}

const recordIsAt = (list: Uint8Array, at: number, record: Uint8Array): boolean =>
  at >= 0 && compareBytes(list.subarray(at, at + recordBytes), record) === 0;
