// The tiles of a tree (step 6). Level 0 has the hashes of all leaves; each hash above is the root of a full tile below.
import type { RecordFiles } from '../reading/record-files.ts';
import { createGrowingTree } from './merkle-tree.ts';
import { tilePath, tileWidth, widthAt } from './tile-paths.ts';

const hashLength = 32;
/** Tiles that are read at once. */
const tilesAtOnceMax = 16;

export type TreeHashes =
  | {
      readonly ok: true;
      /** Tiles of level 0. */
      readonly leaves: readonly Buffer[];
      /** Roots of the smaller trees that were asked for, by size. */
      readonly roots: ReadonlyMap<number, Buffer>;
    }
  | { readonly ok: false; readonly reason: 'tile-form' | 'tile-root' };

/** Reads every tile of a tree, and computes the root from the leaves. `sizes`: of smaller trees whose roots are wanted. */
export async function readTree(
  files: RecordFiles,
  size: number,
  root: Buffer,
  sizes: ReadonlySet<number>,
): Promise<TreeHashes> {
  const levels: Buffer[][] = [];
  for (let count = size; count > 0; count = Math.floor(count / tileWidth)) {
    const tiles = await readLevel(files, levels.length, count);
    if (tiles === null) return { ok: false, reason: 'tile-form' };
    levels.push(tiles);
  }
  const [leaves = []] = levels;
  for (const [level, tiles] of levels.slice(1).entries()) {
    const computed = levels[level]?.filter(isFull).map(rootOfTile) ?? [];
    if (!Buffer.concat(tiles).equals(Buffer.concat(computed))) return { ok: false, reason: 'tile-root' };
  }
  const tree = createGrowingTree();
  const roots = new Map<number, Buffer>();
  for (const tile of leaves) {
    for (let place = 0; place < tile.length; place += hashLength) {
      if (sizes.has(tree.size())) roots.set(tree.size(), tree.root());
      tree.append(tile.subarray(place, place + hashLength));
    }
  }
  return tree.root().equals(root) ? { ok: true, leaves, roots } : { ok: false, reason: 'tile-root' };
}

const isFull = (tile: Buffer): boolean => tile.length === tileWidth * hashLength;

function rootOfTile(tile: Buffer): Buffer {
  const tree = createGrowingTree();
  for (let place = 0; place < tile.length; place += hashLength) tree.append(tile.subarray(place, place + hashLength));
  return tree.root();
}

/** All tiles of a level that has `count` hashes; null if one of them is missing or has another width. */
async function readLevel(files: RecordFiles, level: number, count: number): Promise<Buffer[] | null> {
  const tiles: Buffer[] = [];
  const tilesCount = Math.ceil(count / tileWidth);
  while (tiles.length < tilesCount) {
    const first = tiles.length;
    const indexes = Array.from({ length: Math.min(tilesAtOnceMax, tilesCount - first) }, (_, place) => first + place);
    const batch = await Promise.all(indexes.map((index) => readTile(files, level, index, widthAt(index, count))));
    for (const tile of batch) {
      if (tile === null) return null;
      tiles.push(tile);
    }
  }
  return tiles;
}

async function readTile(files: RecordFiles, level: number, index: number, width: number): Promise<Buffer | null> {
  const folder = `tile/${level}`;
  const tile = await files.read(tilePath(folder, index, width), tileWidth * hashLength);
  if (tile !== null || width === tileWidth) return tile?.length === width * hashLength ? tile : null;
  // A log that has grown may serve the full tile alone.
  const full = await files.read(tilePath(folder, index, tileWidth), tileWidth * hashLength);
  return full !== null && isFull(full) ? full.subarray(0, width * hashLength) : null;
}
