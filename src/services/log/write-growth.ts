// Writes what a tree has more after it grew: bundles of entries, tiles of hashes, and the lists in which leaves are found.
import { encodeBundle, findLists } from '../../domain/record/bundle.ts';
import { joinBytes } from '../../domain/record/bytes.ts';
import { mergeFindList, newFindRecords, sameFindLists } from '../../domain/record/find-growth.ts';
import type { PlacedLeaf } from '../../domain/record/find-growth.ts';
import { hashesIn } from '../../domain/record/proof.ts';
import { bundlePath, tileHashesMax, tilePath, tilesOfTree } from '../../domain/record/tile.ts';
import { leafHash, treeRoot } from '../../domain/record/tree.ts';
import { sha256 } from '../../platform/content-hash.ts';
import { replaceAll } from '../../platform/durable-folder.ts';
import type { LogFolder } from './log-folder.ts';

const partsOf = <Item>(items: readonly Item[]): Item[][] =>
  Array.from({ length: Math.ceil(items.length / tileHashesMax) }, (_, part) =>
    items.slice(part * tileHashesMax, (part + 1) * tileHashesMax),
  );

/** The first place of the last tile of level 0 that a tree of this size has not filled. */
export const openTileStart = (size: number): number => size - (size % tileHashesMax);

/**
 * Writes bundles and tiles of a tree that grew from `oldSize`. The entries begin at `openTileStart(oldSize)`. Returns the
 * hashes of the leaves from there on. Written again, the files are the same.
 */
export async function writeTiles(
  folder: LogFolder,
  oldSize: number,
  entries: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const files = new Map<string, Uint8Array>();
  let start = openTileStart(oldSize);
  for (const [part, bundle] of partsOf(entries).entries()) {
    const tile = { index: start / tileHashesMax + part, width: bundle.length };
    files.set(bundlePath(tile), encodeBundle(bundle));
  }
  const leaves = entries.map((entry) => leafHash(sha256, entry));
  let hashes: readonly Uint8Array[] = leaves;
  for (let level = 0; hashes.length > 0; level += 1) {
    const parts = partsOf(hashes);
    for (const [part, tile] of parts.entries()) {
      const place = { level, index: start / tileHashesMax + part, width: tile.length };
      files.set(tilePath(place), joinBytes(...tile));
    }
    const full = parts.filter(({ length }) => length === tileHashesMax);
    if (full.length === 0) break;
    const parentsBefore = start / tileHashesMax;
    start = openTileStart(parentsBefore);
    const width = parentsBefore - start;
    const before =
      width === 0
        ? []
        : hashesIn(
            await folder.mustRead(tilePath({ level: level + 1, index: start / tileHashesMax, width })),
            0,
            width,
          );
    hashes = [...before, ...full.map((tile) => treeRoot(sha256, tile))];
  }
  await folder.writeAllOnce(files);
  return leaves;
}

/** Brings the lists in which leaves are found from a tree of `oldSize` to one of `newSize`, whose tiles are written. */
export async function writeFindLists(
  folder: LogFolder,
  growth: { readonly oldSize: number; readonly newSize: number; readonly leaves: readonly PlacedLeaf[] },
): Promise<void> {
  const { files } = folder;
  const { oldSize, newSize, leaves } = growth;
  if (!sameFindLists(oldSize, newSize)) {
    await replaceAll(files, findLists(await allLeaves(folder, newSize)));
    return;
  }
  const changed = new Map<string, Uint8Array>();
  for (const [path, records] of newFindRecords(leaves, newSize))
    changed.set(path, mergeFindList((await files.read(path)) ?? new Uint8Array(), records));
  await replaceAll(files, changed);
}

// Only for trees of up to about a million leaves: larger ones keep their lists.
async function allLeaves(folder: LogFolder, size: number): Promise<Uint8Array[]> {
  const leaves: Uint8Array[] = [];
  for (const tile of tilesOfTree(size).filter(({ level }) => level === 0))
    leaves.push(...hashesIn(await folder.mustRead(tilePath(tile)), 0, tile.width));
  return leaves;
}
