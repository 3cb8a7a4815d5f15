// The end of an election's keys: overwritten, made durable, removed. What it cannot reach (backups, snapshots, old
// blocks of a flash disk) is said to the operator, never passed over.
import { closeSync, fsyncSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { electionId } from '../protocol/public-values.ts';
import { syncDirectory } from '../platform/keys/key-directory.ts';

export type Destroyed = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly reason: string };

/** Destroys the file of one election in the folder of `ballots`. */
export function destroyElectionKeys(directory: string, election: string): Destroyed {
  // The id becomes a file name: only an id's characters may.
  if (!electionId.safeParse(election).success) return { ok: false, reason: `"${election}" is not an election id.` };
  const path = join(directory, `${election}.json`);
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { ok: false, reason: `${path} cannot be opened (${code ?? 'unknown'}). Nothing was destroyed.` };
  }
  try {
    writeSync(file, randomBytes(statSync(path).size), 0, undefined, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  unlinkSync(path);
  syncDirectory(directory);
  return { ok: true, path };
}
