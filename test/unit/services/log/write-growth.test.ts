// Writing what a tree has more: whatever the steps of its growth, the tiles are those of the whole tree, up to the level of
// 65,536 leaves and more.
import { expect, test } from 'vitest';
import { findLists } from '../../../../src/domain/record/bundle.ts';
import { rootFromTiles } from '../../../../src/domain/record/served-tree.ts';
import { bundlePath, tilePath, tilesOfTree } from '../../../../src/domain/record/tile.ts';
import { leafHash, treeRoot } from '../../../../src/domain/record/tree.ts';
import { sha256 } from '../../../../src/platform/content-hash.ts';
import type { LogFolder } from '../../../../src/services/log/log-folder.ts';
import { openTileStart, writeFindLists, writeTiles } from '../../../../src/services/log/write-growth.ts';

const entries = Array.from({ length: 70_000 }, (_, index) => sha256(Buffer.from(String(index))));
const leaves = entries.map((entry) => leafHash(sha256, entry));

/** A folder in memory. */
function memoryFolder(): LogFolder & { readonly stored: Map<string, Buffer> } {
  const stored = new Map<string, Buffer>();
  const write = (name: string, bytes: Uint8Array): Promise<void> => {
    stored.set(name, Buffer.from(bytes));
    return Promise.resolve();
  };
  const writeOnce = (name: string, bytes: Uint8Array): Promise<void> => {
    if (stored.has(name) && !stored.get(name)?.equals(bytes)) return Promise.reject(new Error(`${name} changed`));
    return write(name, bytes);
  };
  return {
    stored,
    files: {
      path: '',
      read: (name) => Promise.resolve(stored.get(name) ?? null),
      replace: write,
      put: write,
      settle: () => Promise.resolve(),
    },
    mustRead(name) {
      const bytes = stored.get(name);
      return bytes ? Promise.resolve(bytes) : Promise.reject(new Error(`${name} is missing`));
    },
    writeOnce,
    async writeAllOnce(files) {
      for (const [name, bytes] of files) await writeOnce(name, bytes);
    },
    lastCheckpoint: () => Promise.resolve(null),
    signTree: () => Promise.resolve(),
  };
}

test.each([[[1, 255, 256, 257, 4_096, 65_536, 65_537, 70_000]], [[50, 70_000]]])(
  'A tree that grew to the sizes %j has the tiles, bundles and lists of the whole tree',
  async (sizes) => {
    const folder = memoryFolder();
    let oldSize = 0;
    for (const newSize of sizes) {
      const first = openTileStart(oldSize);
      const hashes = await writeTiles(folder, oldSize, entries.slice(first, newSize));
      const placed = hashes.map((leaf, place) => ({ index: first + place, leaf }));
      await writeFindLists(folder, { oldSize, newSize, leaves: placed.slice(oldSize - first) });
      const root = await rootFromTiles(sha256, newSize, (name) => folder.mustRead(name));
      expect(Buffer.from(root)).toEqual(Buffer.from(treeRoot(sha256, leaves.slice(0, newSize))));
      oldSize = newSize;
    }
    for (const tile of tilesOfTree(oldSize)) {
      expect(folder.stored.get(tilePath(tile))?.length).toBe(tile.width * 32);
      if (tile.level === 0) expect(folder.stored.get(bundlePath(tile))?.length).toBe(tile.width * (2 + 32));
    }
    for (const [name, list] of findLists(leaves)) expect(folder.stored.get(name)?.equals(list), name).toBe(true);
  },
);
