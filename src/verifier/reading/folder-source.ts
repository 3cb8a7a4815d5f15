// A record in a folder, laid out as it is served below the origin.
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableRecord } from './record-source.ts';
import type { RecordSource } from './record-source.ts';

export function createFolderSource(folder: string): RecordSource {
  const read = (path: string, bytesMax: number) => readBounded(join(folder, path), bytesMax);
  return {
    name: folder,
    readManifest: (bytesMax) => read('manifest.json', bytesMax),
    read: (_manifestHash, path, bytesMax) => read(path, bytesMax),
  };
}

const absent = ['ENOENT', 'ENOTDIR'];
const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && absent.includes(String(error.code));

/** A file up to one byte after its bound; null if there is none. A pipe or a device is not read: it may never end. */
export async function readBounded(path: string, bytesMax: number): Promise<Buffer | null> {
  let file: FileHandle | null = null;
  try {
    const place = await stat(path);
    if (place.isDirectory()) return null;
    if (!place.isFile()) throw new Error('It is no regular file.');
    file = await open(path, 'r');
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, bytesMax + 1));
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    if (isAbsent(error)) return null;
    throw new UnreadableRecord(`${path} cannot be read.`, { cause: error });
  } finally {
    await file?.close();
  }
}
