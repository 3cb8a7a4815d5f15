// Destroys an election's keys: overwrites, syncs and removes the file. It reports to the operator what it cannot reach
// (backups, snapshots, old blocks of a flash disk).
import { chmodSync, closeSync, fstatSync, fsyncSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { electionId } from '../protocol/public-values.ts';
import { syncDirectory } from '../platform/keys/key-directory.ts';

export type Destroyed = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string };

/** Destroys the file of one election in the folder of `ballots`. */
export function destroyElectionKeys(directory: string, election: string): Destroyed {
  // The id becomes a file name, so only the characters of ids are allowed.
  if (!electionId.safeParse(election).success) return { ok: false, reason: `"${election}" is not an election id.` };
  const path = join(directory, `${election}.json`);
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { ok: false, reason: `${path} cannot be opened (${code ?? 'unknown'}). Nothing was destroyed.` };
  }
  overwrite(file);
  unlinkSync(path);
  syncDirectory(directory);
  return { ok: true, path };
}

/** Lets a file be replaced, and then overwrites what it was. */
export function overwritten(path: string, replace: () => void): void {
  const mode = statSync(path).mode & 0o777;
  // A file that Compose mounts cannot be written.
  chmodSync(path, mode | 0o200);
  const file = openSync(path, 'r+');
  try {
    chmodSync(path, mode);
    replace();
  } catch (error) {
    closeSync(file);
    throw error;
  }
  overwrite(file);
}

/** Overwrites an open file, makes that durable, and closes it. */
function overwrite(file: number): void {
  try {
    writeSync(file, randomBytes(fstatSync(file).size), 0, undefined, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
