// Roots and proofs from the tiles of a log as they are served. The caller reads the tiles, from a folder or by HTTP.
import type { HashFunction } from './bytes.ts';
import { consistencyRanges, inclusionRanges, rangeHash, tilesOfRange } from './proof.ts';
import type { LeafRange } from './proof.ts';
import { tilePath } from './tile.ts';

/** The bytes of a file below the prefix of the log. Rejects where there is none. */
export type ReadServed = (path: string) => Promise<Uint8Array>;

/** The root of the tree of this size, from its tiles. */
export async function rootFromTiles(hash: HashFunction, size: number, read: ReadServed): Promise<Uint8Array> {
  if (size === 0) return hash(new Uint8Array());
  return readRange(hash, { start: 0, end: size }, size, read);
}

/** The proof that the tree of `newSize` grew out of the one of `oldSize` (RFC 6962, section 2.1.2). */
export async function growthProof(
  hash: HashFunction,
  oldSize: number,
  newSize: number,
  read: ReadServed,
): Promise<Uint8Array[]> {
  const proof: Uint8Array[] = [];
  for (const range of consistencyRanges(oldSize, newSize)) proof.push(await readRange(hash, range, newSize, read));
  return proof;
}

/** The proof that the leaf number `index` is in the tree of this size (RFC 6962, section 2.1.1). */
export async function inclusionProof(
  hash: HashFunction,
  index: number,
  size: number,
  read: ReadServed,
): Promise<Uint8Array[]> {
  const proof: Uint8Array[] = [];
  for (const range of inclusionRanges(index, size)) proof.push(await readRange(hash, range, size, read));
  return proof;
}

async function readRange(hash: HashFunction, range: LeafRange, size: number, read: ReadServed): Promise<Uint8Array> {
  const paths = new Set(tilesOfRange(range, size).map(tilePath));
  const tiles = new Map<string, Uint8Array>();
  for (const path of paths) tiles.set(path, await read(path));
  return rangeHash(hash, range, size, (tile) => tiles.get(tilePath(tile)) ?? new Uint8Array());
}
