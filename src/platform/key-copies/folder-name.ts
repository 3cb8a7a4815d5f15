// The name of a folder of keys: random, made with it, and lost with it. Two processes with one name have one folder, and so one
// copy of a key.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkNewFile } from '../keys/key-directory.ts';

/** No name of a key begins with a dot. */
const fileName = '.folder-name';

/** The name of the folder, made if there is none. Throws errors of the file system. */
export function nameOfFolder(directory: string): string {
  const path = join(directory, fileName);
  const present = readName(path);
  if (present !== null) return present;
  // Of two processes at once, one makes it.
  linkNewFile(path, randomBytes(16).toString('base64url'), 0o600);
  return readFileSync(path, 'utf8');
}

function readName(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
