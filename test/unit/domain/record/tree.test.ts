// The Merkle tree and its proofs, against the definition of RFC 6962 in its plainest form and against known roots.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consistencyRanges,
  inclusionRanges,
  proofHashesMax,
  rangeHash,
  tilesOfRange,
  verifyConsistency,
  verifyInclusion,
} from '../../../../src/domain/record/proof.ts';
import type { LeafRange } from '../../../../src/domain/record/proof.ts';
import { tilePath, tilesOfTree } from '../../../../src/domain/record/tile.ts';
import type { Tile } from '../../../../src/domain/record/tile.ts';
import {
  createGrowingTree,
  heightWithin,
  leafHash,
  nodeHash,
  splitOf,
  treeRoot,
} from '../../../../src/domain/record/tree.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';

/** MTH of RFC 6962, word for word. */
function definition(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (!first) return sha256(new Uint8Array());
  if (leaves.length === 1) return first;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.concat([Buffer.of(1), definition(leaves.slice(0, k)), definition(leaves.slice(k))]));
}

const leavesOf = (size: number): Uint8Array[] =>
  Array.from({ length: size }, (_, n) => leafHash(sha256, Buffer.from(`entry ${n}`)));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The bytes of every tile of a tree, by path, by the definition of tlog-tiles. */
function tileFiles(leaves: readonly Uint8Array[]): Map<string, Uint8Array> {
  return new Map(
    tilesOfTree(leaves.length).map((tile) => {
      const span = 256 ** tile.level;
      const hashes = Array.from({ length: tile.width }, (_, place) => {
        const start = (tile.index * 256 + place) * span;
        return definition(leaves.slice(start, start + span));
      });
      return [tilePath(tile), Buffer.concat(hashes)];
    }),
  );
}

function proofFrom(files: ReadonlyMap<string, Uint8Array>, ranges: readonly LeafRange[], size: number): Uint8Array[] {
  const bytesOf = (tile: Tile): Uint8Array => files.get(tilePath(tile))!;
  for (const tile of ranges.flatMap((range) => tilesOfRange(range, size))) expect(bytesOf(tile)).toBeDefined();
  return ranges.map((range) => rangeHash(sha256, range, size, bytesOf));
}

describe('The root of a tree', () => {
  test('The empty tree and the trees of the known inputs of certificate transparency have their roots', () => {
    const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const leaves = inputs.map((input) => leafHash(sha256, Buffer.from(input, 'hex')));
    expect(hex(treeRoot(sha256, []))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex(treeRoot(sha256, leaves.slice(0, 1)))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
    expect(hex(treeRoot(sha256, leaves))).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
  });

  test('A growing tree has the root of the definition at every size', () => {
    const leaves = leavesOf(70);
    const tree = createGrowingTree(sha256);
    for (let size = 0; size <= leaves.length; size += 1) {
      expect(hex(tree.root())).toBe(hex(definition(leaves.slice(0, size))));
      const next = leaves[size];
      if (next) tree.add(next);
    }
  });

  test('Powers of two are exact up to the largest size', () => {
    expect(heightWithin(1)).toBe(0);
    expect(heightWithin(2 ** 52 - 1)).toBe(51);
    expect(heightWithin(Number.MAX_SAFE_INTEGER)).toBe(52);
    expect(splitOf(2)).toBe(1);
    expect(splitOf(2 ** 40)).toBe(2 ** 39);
    expect(splitOf(2 ** 40 + 1)).toBe(2 ** 40);
  });
});

describe('A proof of inclusion', () => {
  const leaves = leavesOf(600);

  test.each([1, 2, 3, 255, 256, 257, 513, 600])('Each leaf of a tree of %i is proven from its tiles', (size) => {
    const tree = leaves.slice(0, size);
    const files = tileFiles(tree);
    const root = definition(tree);
    for (let index = 0; index < size; index += size > 20 ? 37 : 1) {
      const path = proofFrom(files, inclusionRanges(index, size), size);
      const proof = { leaf: tree[index]!, index, size, path };
      expect(verifyInclusion(sha256, proof, root)).toBe(true);
      expect(verifyInclusion(sha256, { ...proof, leaf: leaves[599 - index]! }, root)).toBe(2 * index === 599);
      expect(verifyInclusion(sha256, { ...proof, index: index + 1 }, root)).toBe(false);
      expect(verifyInclusion(sha256, { ...proof, path: path.slice(1) }, root)).toBe(size === 1);
      expect(verifyInclusion(sha256, { ...proof, path: [...path, root] }, root)).toBe(false);
    }
  });

  test('A path beyond the bound is rejected before it is hashed', () => {
    const path = Array.from({ length: proofHashesMax + 1 }, () => leaves[0]!);
    const proof = { leaf: leaves[0]!, index: 0, size: 2, path };
    const count = { hashes: 0 };
    const hash = (bytes: Uint8Array): Uint8Array => {
      count.hashes += 1;
      return sha256(bytes);
    };
    expect(verifyInclusion(hash, proof, leaves[0]!)).toBe(false);
    expect(count.hashes).toBe(0);
  });
});

describe('A proof of growth', () => {
  const leaves = leavesOf(600);
  const rootOf = (size: number) => ({ size, root: definition(leaves.slice(0, size)) });

  test('Every pair of sizes is proven, and no other root with the same proof', () => {
    for (const [oldSize, newSize] of [
      [0, 5],
      [1, 2],
      [3, 7],
      [4, 7],
      [6, 8],
      [255, 256],
      [256, 257],
      [300, 600],
      [512, 600],
      [513, 514],
      [600, 600],
    ] as const) {
      const path = proofFrom(tileFiles(leaves.slice(0, newSize)), consistencyRanges(oldSize, newSize), newSize);
      const [old, newer] = [rootOf(oldSize), rootOf(newSize)] as const;
      expect(verifyConsistency(sha256, old, newer, path)).toBe(true);
      const other = { ...old, root: nodeHash(sha256, old.root, newer.root) };
      expect(verifyConsistency(sha256, other, newer, path)).toBe(false);
      expect(verifyConsistency(sha256, old, { ...newer, root: other.root }, path)).toBe(oldSize === 0);
      expect(verifyConsistency(sha256, old, newer, [...path, newer.root])).toBe(false);
    }
  });

  test('A tree that shrank is no growth', () => {
    expect(verifyConsistency(sha256, rootOf(5), rootOf(4), [])).toBe(false);
  });

  test('Of any two sizes under 100, a change of one leaf of the old tree is noticed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }), fc.nat(), (a, b, place) => {
        const [oldSize, newSize] = [Math.min(a, b), Math.max(a, b)] as const;
        const old = leaves.slice(0, oldSize);
        old[place % oldSize] = leaves[599]!;
        const path = proofFrom(tileFiles(leaves.slice(0, newSize)), consistencyRanges(oldSize, newSize), newSize);
        expect(verifyConsistency(sha256, rootOf(oldSize), rootOf(newSize), path)).toBe(true);
        expect(verifyConsistency(sha256, { size: oldSize, root: definition(old) }, rootOf(newSize), path)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });
});
