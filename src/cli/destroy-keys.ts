// Destroys an election's keys: overwrites, syncs and removes the file. It reports to the operator what it cannot reach
// (backups, snapshots, old blocks of a flash disk).
import { chmodSync, closeSync, fstatSync, fsyncSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { electionId } from '../protocol/public-values.ts';
import { keyCheckOf, keyPairIdOf, readElectionKeys } from '../services/ballots/election-keys.ts';
import { shredFile } from '../platform/keys/key-directory.ts';

/** `keyId`: of the keys, as the certificate of destruction names them; null where the file was not one of keys. */
export type Destroyed =
  | { readonly ok: true; readonly path: string; readonly keyId: string | null }
  | { readonly ok: false; readonly reason: string };

/**
 * Destroys the files of one election in a folder of `ballots`: the one in use, and those beside it that another replica made at
 * the same moment.
 */
export function destroyElectionKeys(directory: string, election: string): Destroyed {
  // The id becomes a file name, so only the characters of ids are allowed.
  if (!electionId.safeParse(election).success) return { ok: false, reason: `"${election}" is not an election id.` };
  const path = join(directory, `${election}.json`);
  try {
    const files = keyFilesOf(directory, election);
    if (files.length === 0) return { ok: false, reason: `There are no keys at ${path}. Nothing was destroyed.` };
    const keyId = keyIdIn(directory, election);
    for (const file of files) shredFile(file);
    return { ok: true, path, keyId };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { ok: false, reason: `The keys at ${path} cannot be destroyed (${code ?? 'unknown'}). Try again.` };
  }
}

/** The one in use is last, so that a command that was interrupted can be repeated until nothing is left. */
function keyFilesOf(directory: string, election: string): string[] {
  const names = readdirSync(directory).filter((name) => name.startsWith(election));
  const beside = names.filter((name) => /^\.[0-9a-f]{32}\.json$/.test(name.slice(election.length)));
  return [...beside, ...names.filter((name) => name === `${election}.json`)].map((name) => join(directory, name));
}

function keyIdIn(directory: string, election: string): string | null {
  try {
    const keys = readElectionKeys(directory, election);
    return keys && keyPairIdOf(keyCheckOf(keys, election));
  } catch {
    // It is destroyed all the same.
    return null;
  }
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
