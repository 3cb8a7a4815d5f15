// A folder of durable files: what is in it after a put, what is made durable, and when.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDurableFolder, replaceAll, settleAll } from '../../../../src/platform/durable-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'popvote-durable-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

/** Counts what is made durable: files, and folders. */
async function countSyncs(): Promise<{ files: number; folders: number }> {
  const syncs = { files: 0, folders: 0 };
  const handle = await open(root, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const { sync } = prototype;
  vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
    syncs[(await this.stat()).isDirectory() ? 'folders' : 'files'] += 1;
    return sync.call(this);
  });
  return syncs;
}

test('Many files are made durable one by one, and each of their folders once', async () => {
  const folder = openDurableFolder(join(root, 'log'));
  const files = new Map(Array.from({ length: 40 }, (_, at) => [`find/1/${at}`, Buffer.from(String(at))]));
  const syncs = await countSyncs();
  await replaceAll(folder, files);
  // `root`, for `log`, which was made; then `log`, `find` and `find/1`.
  expect(syncs).toEqual({ files: 40, folders: 4 });
  expect((await readdir(join(root, 'log/find/1'))).sort()).toEqual([...Array(40).keys()].map(String).sort());
  for (const [name, bytes] of files) expect(await folder.read(name)).toEqual(bytes);
});

test('A single file is durable with every folder that was made for it', async () => {
  const folder = openDurableFolder(join(root, 'log'));
  const syncs = await countSyncs();
  await folder.replace('tile/0/000', Buffer.from('a'));
  // `tile/0`, `tile`, `log` and `root`.
  expect(syncs).toEqual({ files: 1, folders: 4 });
  await folder.replace('tile/0/000', Buffer.from('b'));
  expect(syncs).toEqual({ files: 2, folders: 5 });
  expect(await folder.read('tile/0/000')).toEqual(Buffer.from('b'));
});

test('Files that an earlier process put there are made durable too', async () => {
  await mkdir(join(root, 'tile/0'), { recursive: true });
  await writeFile(join(root, 'tile/0/000'), 'a');
  const syncs = await countSyncs();
  await settleAll(openDurableFolder(root), ['tile/0/000'], () => Promise.resolve());
  expect(syncs).toEqual({ files: 0, folders: 3 });
});

test('After a failure nothing is under way, nothing more begins, and the places are not made durable', async () => {
  const folder = openDurableFolder(root);
  const settle = vi.spyOn(folder, 'settle');
  let begins = 0;
  let ends = 0;
  const names = Array.from({ length: 100 }, (_, at) => String(at));
  const writing = settleAll(folder, names, async (name) => {
    begins += 1;
    await new Promise((resolve) => setImmediate(resolve));
    ends += 1;
    if (name === '3') throw new Error('disk full');
  });
  await expect(writing).rejects.toThrow('disk full');
  expect(ends).toBe(begins);
  expect(begins).toBeLessThan(names.length);
  expect(settle).not.toHaveBeenCalled();
});
