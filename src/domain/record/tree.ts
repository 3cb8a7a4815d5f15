// The Merkle tree of RFC 6962 (section 2.1), which RFC 9162 has too. Its leaves are entries of the log.
import { hashBytes } from './bytes.ts';
import type { HashFunction } from './bytes.ts';

/** The hash of a leaf: SHA-256 of the zero byte and the entry. */
export function leafHash(hash: HashFunction, entry: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + entry.length);
  bytes.set(entry, 1);
  return hash(bytes);
}

/** What is hashed of a node. Hashing is synchronous, so one is enough: a tree has as many nodes as leaves. */
const scratch = new Uint8Array(1 + 2 * hashBytes);
scratch[0] = 1;

/** The hash of a node over its two children. */
export function nodeHash(hash: HashFunction, before: Uint8Array, after: Uint8Array): Uint8Array {
  scratch.set(before, 1);
  scratch.set(after, 1 + hashBytes);
  return hash(scratch);
}

export type GrowingTree = {
  /** Adds the hash of the next leaf. */
  add(leaf: Uint8Array): void;
  /** The root over the leaves so far; of none it is the hash of nothing. */
  root(): Uint8Array;
};

/** A tree of which only the complete subtrees are kept: one hash for each bit of its size. */
export function createGrowingTree(hash: HashFunction): GrowingTree {
  /** The complete subtree of 2^height leaves at the right edge, by height. */
  const subtrees: (Uint8Array | null)[] = [];
  return {
    add(leaf) {
      let carry = leaf;
      let height = 0;
      for (let before = subtrees[0]; before; before = subtrees[height]) {
        carry = nodeHash(hash, before, carry);
        subtrees[height] = null;
        height += 1;
      }
      subtrees[height] = carry;
    },
    root() {
      let root: Uint8Array | null = null;
      for (const subtree of subtrees) {
        if (subtree) root = root ? nodeHash(hash, subtree, root) : subtree;
      }
      return root ?? hash(new Uint8Array());
    },
  };
}

/** The root over the hashes of leaves. */
export function treeRoot(hash: HashFunction, leaves: Iterable<Uint8Array>): Uint8Array {
  const tree = createGrowingTree(hash);
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/** The height of the largest complete tree of at most so many leaves, which are at least 1. Exact up to 2^53. */
export function heightWithin(leaves: number): number {
  let height = 0;
  while (2 ** (height + 1) <= leaves) height += 1;
  return height;
}

/** The largest power of two below a size of at least 2: where RFC 6962 splits a tree. */
export const splitOf = (size: number): number => 2 ** heightWithin(size - 1);
