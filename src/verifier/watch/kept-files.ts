// What a watcher keeps in its folder: every checkpoint, and every revision of the list of the page's files.
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noteBytesMax } from '../log/signed-note.ts';
import { readBounded } from '../reading/folder-source.ts';
import { UnreadableRecord } from '../reading/record-source.ts';
import { clientBytesMax } from './client-document.ts';

const checkpointEnding = '.checkpoint';

/** The files of a folder that may be checkpoints, under any name. A folder that does not exist has none. */
export const readKeptCheckpoints = (folder: string): Promise<readonly Buffer[]> =>
  readKept(folder, () => true, noteBytesMax);

/** The revisions of the page's files of an election, in the order of their names. */
export const readKeptRevisions = (folder: string, electionId: string): Promise<readonly Buffer[]> =>
  readKept(folder, (name) => name.startsWith(`${electionId}-client-`) && name.endsWith('.json'), clientBytesMax);

async function readKept(folder: string, isKept: (name: string) => boolean, bytesMax: number): Promise<Buffer[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new UnreadableRecord(`${folder} cannot be read.`, { cause: error });
  });
  const files: Buffer[] = [];
  for (const name of names.filter(isKept).sort()) {
    const bytes = await readBounded(join(folder, name), bytesMax);
    if (bytes !== null) files.push(bytes);
  }
  return files;
}

/** Keeps a checkpoint under a name that another tree does not have. */
export const keepCheckpoint = (
  folder: string,
  electionId: string,
  { size, root }: { readonly size: number; readonly root: Buffer },
  bytes: Buffer,
): Promise<void> =>
  keep(folder, `${electionId}-${size}-${root.toString('hex').slice(0, 16)}${checkpointEnding}`, bytes);

/** Keeps a revision of the page's files. `name` distinguishes two lists of the same revision. */
export const keepRevision = (
  folder: string,
  electionId: string,
  revision: number,
  hash: Buffer,
  bytes: Buffer,
): Promise<void> => keep(folder, `${electionId}-client-${revision}-${hash.toString('hex').slice(0, 16)}.json`, bytes);

/** Writes a file whole or not at all. */
async function keep(folder: string, name: string, bytes: Buffer): Promise<void> {
  const unfinished = join(folder, `${name}.new`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(unfinished, bytes);
    await rename(unfinished, join(folder, name));
  } catch (error) {
    throw new UnreadableRecord(`${join(folder, name)} cannot be written.`, { cause: error });
  }
}
