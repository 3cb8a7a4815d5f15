// A folder of files that others read while they are written: each file is complete or not there, also after a power cut.
// One process writes. A file is written beside its place, made durable, and renamed.
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Most files that are written at once. */
const writesMax = 16;

export type DurableFolder = {
  readonly path: string;
  /** The bytes of a file, or null where there is none. */
  read(name: string): Promise<Buffer | null>;
  /** Writes a file in the place of an earlier one. It is durable when this resolves. */
  replace(name: string, bytes: Uint8Array): Promise<void>;
  /** The same, but its place is durable only after `settle`: one for many files. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Makes the places of files durable, also of those that an earlier process put there. */
  settle(names: readonly string[]): Promise<void>;
};

export function openDurableFolder(folder: string): DurableFolder {
  const path = join(folder);
  return {
    path,
    read: (name) => readIfPresent(join(path, name)),
    replace: (name, bytes) => replaceDurably(join(path, name), bytes),
    async put(name, bytes) {
      const firstMade = await placeWhole(join(path, name), bytes);
      // `settle` goes up to the folder itself.
      if (firstMade !== undefined && firstMade.length <= path.length) await syncMade(path, firstMade);
    },
    async settle(names) {
      for (const each of foldersOf(path, names)) await syncFolder(each);
    },
  };
}

/**
 * Does something with each name, with a bounded number of them at once, and makes the places of all durable. After a failure
 * nothing more begins, and it is thrown once nothing is under way.
 */
export async function settleAll(
  folder: DurableFolder,
  names: readonly string[],
  putOne: (name: string) => Promise<void>,
): Promise<void> {
  const rest = names.values();
  const errors: unknown[] = [];
  // The iterator is shared, so each worker takes the next name.
  const putRest = async (): Promise<void> => {
    for (const name of rest) {
      if (errors.length > 0) return;
      await putOne(name).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: writesMax }, putRest));
  if (errors.length > 0) throw errors[0];
  await folder.settle(names);
}

/** Writes files in the place of earlier ones. All are durable when this resolves. */
export const replaceAll = (folder: DurableFolder, files: ReadonlyMap<string, Uint8Array>): Promise<void> =>
  settleAll(folder, [...files.keys()], (name) => folder.put(name, files.get(name) ?? new Uint8Array()));

/** The folders in which files are, and those above them up to `path`. */
function foldersOf(path: string, names: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const name of names) {
    for (let at = dirname(name); !folders.has(join(path, at)); at = dirname(at)) folders.add(join(path, at));
  }
  return folders;
}

async function readIfPresent(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Writes a file whole, in the place of an earlier one, and makes it durable. One process may write a file. */
export async function replaceDurably(path: string, bytes: Uint8Array, mode = 0o644): Promise<void> {
  const folder = dirname(path);
  const firstMade = await placeWhole(path, bytes, mode);
  await syncFolder(folder);
  if (firstMade !== undefined) await syncMade(folder, firstMade);
}

/** Puts whole and durable bytes in their place, which is not durable yet. Returns the first folder that was made for it. */
async function placeWhole(path: string, bytes: Uint8Array, mode = 0o644): Promise<string | undefined> {
  const beside = `${path}.new`;
  let firstMade: string | undefined;
  const file = await open(beside, 'w', mode).catch(async (error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    firstMade = await mkdir(dirname(path), { recursive: true, mode: 0o755 });
    return open(beside, 'w', mode);
  });
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  return firstMade;
}

/** The entries of folders that were made are durable too. */
async function syncMade(folder: string, firstMade: string): Promise<void> {
  for (let at = folder; at.length >= firstMade.length; at = dirname(at)) await syncFolder(dirname(at));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
