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

/** A list with more records, sorted, each once. */
export function mergeFindList(list: Uint8Array, records: readonly Uint8Array[]): Bytes {
  const all = [...records];
  for (let at = 0; at + recordBytes <= list.length; at += recordBytes) all.push(list.subarray(at, at + recordBytes));
  all.sort(compareBytes);
  return joinBytes(...all.filter((record, at) => at === 0 || compareBytes(record, all[at - 1] ?? record) !== 0));
}
