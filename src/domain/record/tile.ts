// The tiles in which a log is served, by C2SP tlog-tiles: which tiles a tree of a size has, and their paths.
import { hashBytes } from './bytes.ts';

/** Most hashes of a tile and most entries of a bundle. A tile is a subtree of height 8. */
export const tileHashesMax = 256;
const tileHeight = 8;
/** Size of a full tile, in bytes. */
export const tileBytesMax = tileHashesMax * hashBytes;

/** `width` hashes from `index` × 256 of a level. A hash of level n is over 256^n leaves. */
export type Tile = { readonly level: number; readonly index: number; readonly width: number };

/** The hashes of a level in a tree: each is over a complete subtree of 256^level leaves. */
const hashesOfLevel = (size: number, level: number): number => Math.floor(size / tileHashesMax ** level);

/** The tile of a tree of this size that has the hash number `hashIndex` of the level. */
export function tileWith(size: number, level: number, hashIndex: number): Tile {
  const index = Math.floor(hashIndex / tileHashesMax);
  return { level, index, width: Math.min(tileHashesMax, hashesOfLevel(size, level) - index * tileHashesMax) };
}

/** The tiles that a tree of `newSize` has and one of `oldSize` has not: new ones, and partial ones that grew. */
export function tilesOfGrowth(oldSize: number, newSize: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesOfLevel(newSize, level) > 0; level += 1) {
    const hashes = hashesOfLevel(newSize, level);
    const oldHashes = hashesOfLevel(oldSize, level);
    if (oldHashes === hashes) continue;
    for (let first = oldHashes - (oldHashes % tileHashesMax); first < hashes; first += tileHashesMax)
      tiles.push(tileWith(newSize, level, first));
  }
  return tiles;
}

/** All tiles of a tree, level by level. */
export const tilesOfTree = (size: number): Tile[] => tilesOfGrowth(0, size);

/** Digits in groups of three, an `x` before all groups but the last: 1234067 is x001/x234/067. */
function indexPath(index: number): string {
  const groups = [];
  for (let rest = index; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1_000))
    groups.unshift(String(rest % 1_000).padStart(3, '0'));
  return groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join('/');
}

const widthPath = (width: number): string => (width < tileHashesMax ? `.p/${width}` : '');

/** Where a tile is, below the prefix of the log. */
export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${indexPath(index)}${widthPath(width)}`;

/** Where the bundle of the entries of a tile of level 0 is. */
export const bundlePath = ({ index, width }: Omit<Tile, 'level'>): string =>
  `tile/entries/${indexPath(index)}${widthPath(width)}`;

/** Where the openings of the entries of a bundle are. Every bundle has such a file after the count; it may be empty. */
export const openingPath = (index: number): string => `opening/${indexPath(index)}`;

/** Where the subtree of 2^height leaves from `start` is: hashes `first` to `first` + `count` − 1 of a level. */
export function tileHashesOfSubtree(
  start: number,
  height: number,
): { readonly level: number; readonly first: number; readonly count: number } {
  const level = Math.floor(height / tileHeight);
  return { level, first: start / tileHashesMax ** level, count: 2 ** (height % tileHeight) };
}
