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
};

export function openDurableFolder(path: string): DurableFolder {
  return {
    path,
    read: (name) => readIfPresent(join(path, name)),
    replace: (name, bytes) => replaceDurably(join(path, name), bytes),
  };
}

/** Writes files with a bounded number of them at once. */
export async function replaceAll(
  folder: DurableFolder,
  files: Iterable<readonly [name: string, bytes: Uint8Array]>,
): Promise<void> {
  const rest = files[Symbol.iterator]();
  const writeRest = async (): Promise<void> => {
    for (let next = rest.next(); !next.done; next = rest.next()) await folder.replace(...next.value);
  };
  await Promise.all(Array.from({ length: writesMax }, writeRest));
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
  const firstMade = await mkdir(folder, { recursive: true, mode: 0o755 });
  const beside = `${path}.new`;
  const file = await open(beside, 'w', mode);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncFolder(folder);
  // The entries of folders that were made are durable too.
  for (let at = folder; firstMade !== undefined && at.length >= firstMade.length; at = dirname(at))
    await syncFolder(dirname(at));
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
