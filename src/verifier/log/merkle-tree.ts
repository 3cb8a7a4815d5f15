// RFC 6962 hashing: a leaf is H(0 | entry), a node H(1 | left | right). The root of a tree grows leaf by leaf.
import { hashParts } from '../documents/record-bytes.ts';

const leafPrefix = Buffer.of(0);
const nodePrefix = Buffer.of(1);

export const leafHash = (entry: Uint8Array): Buffer => hashParts(leafPrefix, entry);
const nodeHash = (first: Uint8Array, second: Uint8Array): Buffer => hashParts(nodePrefix, first, second);

export type GrowingTree = {
  readonly size: () => number;
  readonly append: (hash: Buffer) => void;
  /** The root of the leaves so far; of no leaf, the hash of nothing. */
  readonly root: () => Buffer;
};

/** A tree that keeps only the roots of its complete subtrees. */
export function createGrowingTree(): GrowingTree {
  const subtrees: Buffer[] = [];
  let size = 0;
  return {
    size: () => size,
    append: (hash) => {
      let node = hash;
      for (let rest = size; rest % 2 === 1; rest = Math.floor(rest / 2)) {
        const first = subtrees.pop();
        if (first !== undefined) node = nodeHash(first, node);
      }
      subtrees.push(node);
      size += 1;
    },
    root: () =>
      subtrees.reduceRight<Buffer | null>((second, first) => (second ? nodeHash(first, second) : first), null) ??
      hashParts(),
  };
}
