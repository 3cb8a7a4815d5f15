// Copies what a tree has more from the folder of `log` to the folder that is served. All of it is verified before.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeBundle, findPath } from '../../domain/record/bundle.ts';
import { equalBytes, hashBytes } from '../../domain/record/bytes.ts';
import { decodeRepeated, repeatedPath } from '../../domain/record/repeated-entries.ts';
import { hashesIn } from '../../domain/record/proof.ts';
import { bundlePath, openingPath, tileHashesMax, tilePath, tileWith, tilesOfGrowth } from '../../domain/record/tile.ts';
import { leafHash, treeRoot } from '../../domain/record/tree.ts';
import { sha256 } from '../../platform/content-hash.ts';
import { settleAll } from '../../platform/durable-folder.ts';
import type { DurableFolder } from '../../platform/durable-folder.ts';

/** What `log` wrote is not fit to be published. */
export class NotPublishable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotPublishable';
  }
}

export type TwoFolders = { readonly source: DurableFolder; readonly own: DurableFolder };

export async function readPresent(folder: DurableFolder, name: string): Promise<Buffer> {
  const bytes = await folder.read(name);
  if (!bytes) throw new NotPublishable('a file of the log is missing');
  return bytes;
}

/** Copies a file that never changes. */
async function copyOnce(folders: TwoFolders, name: string, bytes: Buffer): Promise<void> {
  if (!(await isCopied(folders, name, bytes))) await folders.own.replace(name, bytes);
}

async function isCopied({ own }: TwoFolders, name: string, bytes: Buffer): Promise<boolean> {
  const existing = await own.read(name);
  if (existing && !equalBytes(existing, bytes)) throw new NotPublishable('a published file has other contents');
  return existing !== null;
}

/**
 * Verifies what a tree has more after it grew from `oldSize`: tiles have their exact size, entries have the hashes of their
 * tile, and the hash of each full tile is in the tile above.
 */
export async function verifyGrowth({ source }: TwoFolders, oldSize: number, newSize: number): Promise<void> {
  for (const tile of tilesOfGrowth(oldSize, newSize)) {
    const bytes = await readPresent(source, tilePath(tile));
    if (bytes.length !== tile.width * hashBytes) throw new NotPublishable('a tile has another size');
    const hashes = hashesIn(bytes, 0, tile.width);
    if (tile.level === 0) {
      const entries = decodeBundle(await readPresent(source, bundlePath(tile))) ?? [];
      if (
        !areEqual(
          entries.map((entry) => leafHash(sha256, entry)),
          hashes,
        )
      )
        throw new NotPublishable('a bundle has not the entries of its tile');
    }
    if (tile.width < tileHashesMax) continue;
    const parents = tileWith(newSize, tile.level + 1, tile.index);
    const above = await readPresent(source, tilePath(parents));
    if (!areEqual([treeRoot(sha256, hashes)], hashesIn(above, tile.index % tileHashesMax, 1)))
      throw new NotPublishable('a tile has not the hash that is in the tile above');
  }
}

const areEqual = (some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean =>
  some.length === others.length && some.every((bytes, at) => equalBytes(bytes, others[at] ?? new Uint8Array()));

/** Copies verified tiles, bundles and lists of a tree that grew from `oldSize` to `newSize`, and the manifest. */
export async function copyTree(folders: TwoFolders, oldSize: number, newSize: number): Promise<void> {
  const names = tilesOfGrowth(oldSize, newSize).flatMap((tile) =>
    tile.level === 0 ? [tilePath(tile), bundlePath(tile)] : [tilePath(tile)],
  );
  await settleAll(folders.own, ['manifest.json', ...names], async (name) => {
    const bytes = await readPresent(folders.source, name);
    if (!(await isCopied(folders, name, bytes))) await folders.own.put(name, bytes);
  });
  if (newSize > oldSize) await copyFindLists(folders, newSize);
}

// A list only grows, so its length says whether it has changed. `log` may have written more by now: who searches
// verifies an index by its proof.
async function copyFindLists({ source, own }: TwoFolders, size: number): Promise<void> {
  const folder = findPath(new Uint8Array(2), size).replace(/\/[^/]*$/, '');
  const files = await readdir(join(source.path, folder));
  const names = files.filter((file) => !file.endsWith('.new')).map((file) => `${folder}/${file}`);
  await settleAll(own, names, async (name) => {
    if ((await bytesOf(source, name)) !== (await bytesOf(own, name)))
      await own.put(name, await readPresent(source, name));
  });
}

const bytesOf = async (folder: DurableFolder, name: string): Promise<number | null> =>
  stat(join(folder.path, name)).then(
    ({ size }) => size,
    () => null,
  );

/**
 * Copies the contents of entries, once `log` has written all of them for a tree of this size. Returns whether it has: the
 * results are published.
 */
export async function copyOpenings(folders: TwoFolders, size: number): Promise<boolean> {
  const bundles = Math.ceil(size / tileHashesMax);
  const last = openingPath(bundles - 1);
  if (bundles === 0 || (await bytesOf(folders.source, last)) === null) return false;
  if ((await bytesOf(folders.own, last)) !== null) return true;
  for (let bundle = 0; bundle < bundles; bundle += 1) {
    const name = openingPath(bundle);
    await copyOnce(folders, name, await readPresent(folders.source, name));
  }
  return true;
}

/** Copies the entries of repeated ballots, once `log` has written them. */
export async function copyRepeated(folders: TwoFolders): Promise<void> {
  const size = await bytesOf(folders.source, repeatedPath);
  if (size === null || size === (await bytesOf(folders.own, repeatedPath))) return;
  const bytes = await readPresent(folders.source, repeatedPath);
  if (!decodeRepeated(bytes)) throw new NotPublishable('the entries of repeated ballots are not in their order');
  await copyOnce(folders, repeatedPath, bytes);
}
