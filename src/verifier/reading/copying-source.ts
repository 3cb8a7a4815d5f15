// A source whose files are written into a folder as they are read, so that the record can be verified from there again.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UnreadableRecord } from './record-source.ts';
import type { RecordSource } from './record-source.ts';

export function createCopyingSource(source: RecordSource, folder: string): RecordSource {
  const keep = async (path: string, bytes: Buffer | null, bytesMax: number): Promise<Buffer | null> => {
    // A file that is too long was not read to its end.
    if (bytes !== null && bytes.length <= bytesMax) await writeCopy(join(folder, path), bytes);
    return bytes;
  };
  return {
    name: source.name,
    readManifest: async (bytesMax) => keep('manifest.json', await source.readManifest(bytesMax), bytesMax),
    read: async (hash, path, bytesMax) => keep(path, await source.read(hash, path, bytesMax), bytesMax),
  };
}

async function writeCopy(file: string, bytes: Buffer): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  } catch (error) {
    throw new UnreadableRecord(`${file} cannot be written.`, { cause: error });
  }
}

/** Whether a folder has no files, or is not there: a copy is of one record. */
export async function isFree(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT';
  }
}
