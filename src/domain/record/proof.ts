// Proofs of RFC 9162: that a leaf is in a tree (2.1.3), and that a tree grew out of another (2.1.4). They are made of the
// tiles of a log and verified without them.
import { equalBytes, hashBytes } from './bytes.ts';
import type { HashFunction } from './bytes.ts';
import { tileHashesOfSubtree, tileWith } from './tile.ts';
import type { Tile } from './tile.ts';
import { heightWithin, nodeHash, splitOf, treeRoot } from './tree.ts';

/** Most hashes of a proof: trees have fewer than 2^53 leaves, and a proof of growth has at most one hash more. */
export const proofHashesMax = 54;

/** Leaves from `start` up to, and without, `end`. */
export type LeafRange = { readonly start: number; readonly end: number };

/** The ranges whose roots prove that the leaf is in the tree, from the leaf up. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
    }
  }
  return ranges;
}

/** The ranges whose roots prove that the tree of `newSize` grew out of that of `oldSize`, in the order of RFC 9162. */
export function consistencyRanges(oldSize: number, newSize: number): LeafRange[] {
  if (oldSize === 0 || oldSize >= newSize) return [];
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = newSize;
  // Until the rest is exactly the end of the old tree.
  while (end !== oldSize) {
    const middle = start + splitOf(end - start);
    if (oldSize <= middle) {
      ranges.unshift({ start: middle, end });
      end = middle;
    } else {
      ranges.unshift({ start, end: middle });
      start = middle;
    }
  }
  if (start > 0) ranges.unshift({ start, end });
  return ranges;
}

type Subtree = { readonly start: number; readonly height: number };

/** The complete subtrees of a range of a tree, from the left. */
function subtreesOf({ start, end }: LeafRange): Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end;) {
    const height = heightWithin(end - at);
    subtrees.push({ start: at, height });
    at += 2 ** height;
  }
  return subtrees;
}

/** The tiles of a tree of this size that have the hashes of a range. */
export const tilesOfRange = (range: LeafRange, size: number): Tile[] =>
  subtreesOf(range).map(({ start, height }) => {
    const { level, first } = tileHashesOfSubtree(start, height);
    return tileWith(size, level, first);
  });

/** The root of a range, from the tiles that `tilesOfRange` names. */
export function rangeHash(
  hash: HashFunction,
  range: LeafRange,
  size: number,
  bytesOf: (tile: Tile) => Uint8Array,
): Uint8Array {
  const roots = subtreesOf(range).map(({ start, height }) => {
    const { level, first, count } = tileHashesOfSubtree(start, height);
    const tile = tileWith(size, level, first);
    return treeRoot(hash, hashesIn(bytesOf(tile), first % 256, count));
  });
  return roots.reduceRight((after, before) => nodeHash(hash, before, after));
}

/** `count` hashes of a tile, from the hash number `first`. */
export const hashesIn = (tile: Uint8Array, first: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, place) =>
    tile.subarray((first + place) * hashBytes, (first + place + 1) * hashBytes),
  );

/** Whether the leaf is number `index` in the tree of this size and root (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(
  hash: HashFunction,
  proof: {
    readonly leaf: Uint8Array;
    readonly index: number;
    readonly size: number;
    readonly path: readonly Uint8Array[];
  },
  root: Uint8Array,
): boolean {
  const { leaf, index, size, path } = proof;
  if (index >= size || path.length > proofHashesMax) return false;
  let node = index;
  let last = size - 1;
  let result = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      result = nodeHash(hash, sibling, result);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else result = nodeHash(hash, result, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 && equalBytes(result, root);
}

type SizedRoot = { readonly size: number; readonly root: Uint8Array };

/** Whether the new tree grew out of the old one (RFC 9162, section 2.1.4.2). */
export function verifyConsistency(
  hash: HashFunction,
  old: SizedRoot,
  newer: SizedRoot,
  path: readonly Uint8Array[],
): boolean {
  if (old.size > newer.size || path.length > proofHashesMax) return false;
  if (old.size === newer.size) return path.length === 0 && equalBytes(old.root, newer.root);
  if (old.size === 0) return path.length === 0 && equalBytes(old.root, treeRoot(hash, []));
  const whole = 2 ** heightWithin(old.size) === old.size ? [old.root, ...path] : path;
  const [seed, ...siblings] = whole;
  if (!seed) return false;
  let node = old.size - 1;
  let last = newer.size - 1;
  while (node % 2 === 1) {
    node = half(node);
    last = half(last);
  }
  let oldRoot = seed;
  let newRoot = seed;
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldRoot = nodeHash(hash, sibling, oldRoot);
      newRoot = nodeHash(hash, sibling, newRoot);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else newRoot = nodeHash(hash, newRoot, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 && equalBytes(oldRoot, old.root) && equalBytes(newRoot, newer.root);
}

const half = (value: number): number => Math.floor(value / 2);
