// Files and folders that a person names. Any path may be given: a device that never ends, a file where a folder should
// be. What is read is bounded, and making a folder always ends.
import { closeSync, existsSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Largest file that is read whole, in bytes, unless a reader sets another limit: keys, certificates, sessions. */
export const textFileBytesMax = 1_048_576;
const readBytes = 65_536;

/** More was in a file or on a pipe than its reader takes. */
export class TooLarge extends Error {
  constructor(bytesMax: number) {
    super(`is larger than ${bytesMax} bytes`);
    this.name = 'TooLarge';
  }
}

/** Why a file cannot be read, for people: the code of the system, or how large it may be. */
export const whyUnreadable = (error: unknown): string =>
  error instanceof TooLarge ? error.message : ((error as NodeJS.ErrnoException).code ?? 'unknown');

/** What the codes of the system mean for a file or a folder. */
const meanings: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is not a folder, or one above it is none',
  EISDIR: 'is a folder',
  EEXIST: 'exists already',
  EACCES: 'is closed to this user',
  EPERM: 'is closed to this user',
  EROFS: 'is on a disk that cannot be written',
  ENOSPC: 'is on a disk that is full',
  ENAMETOOLONG: 'has too long a name',
};

/** What an error of the system says of its file, for people; null for another error. */
export function systemFault(error: unknown): string | null {
  const { code = '', path } = error as NodeJS.ErrnoException;
  const meaning = meanings[code];
  return path === undefined || meaning === undefined ? null : `${path} ${meaning} (${code}).`;
}

/** The text of a file. Throws errors of the system, and `TooLarge` beyond so many bytes, also for a device. */
export const readTextFile = (path: string, bytesMax = textFileBytesMax): string =>
  readFileBytes(path, bytesMax).toString('utf8');

/** The bytes of a file. Throws like `readTextFile`. */
export function readFileBytes(path: string, bytesMax: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let total = 0; ;) {
      const part = Buffer.alloc(readBytes);
      const bytes = readSync(file, part);
      if (bytes === 0) return Buffer.concat(parts);
      total += bytes;
      if (total > bytesMax) throw new TooLarge(bytesMax);
      parts.push(part.subarray(0, bytes));
    }
  } finally {
    closeSync(file);
  }
}

/** The bytes of a stream. Throws `TooLarge` beyond so many. */
export async function* bounded(source: AsyncIterable<Buffer | string>, bytesMax: number): AsyncGenerator<Buffer> {
  let total = 0;
  for await (const part of source) {
    const bytes = Buffer.from(part as Buffer);
    total += bytes.length;
    if (total > bytesMax) throw new TooLarge(bytesMax);
    yield bytes;
  }
}

/** Makes a folder and those above it, if they are missing. Throws errors of the system. */
export function makeFolder(path: string, mode = 0o700): void {
  // mkdir with `recursive` never returns below /proc (Node 20 to 24).
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  for (const each of missing) {
    try {
      mkdirSync(each, { mode });
    } catch (error) {
      // Another process made it in this moment.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  // A file in the place of the folder is an error, and so is one above it.
  if (missing.length === 0) mkdirSync(resolve(path), { recursive: true, mode });
}
