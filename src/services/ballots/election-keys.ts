// The two keys of each election, in a file of its own: random, derived from nothing, in no database. Whoever holds them
// can test a list of numbers against the participation; destroying the file ends that for good. The keys and what is
// made with them never leave this process but as tags.
import { linkSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createHmac, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { parseJson } from '../../platform/json.ts';
import { electionKeys } from '../../protocol/key-files.ts';
import { hashKey } from '../../platform/keys/keyed-hash.ts';
import { syncDirectory, writeNewFile } from '../../platform/keys/key-directory.ts';

/** Ready for use: the first makes the tags of people, the second what binds a ballot to its attempt. */
export type ElectionHashKeys = { readonly identity: KeyObject; readonly receipt: KeyObject };

/** The keys of an election, or null where there is no file. Throws, with no value in the message, on a broken file. */
export function readElectionKeys(directory: string, electionId: string): ElectionHashKeys | null {
  let text: string;
  try {
    text = readFileSync(fileOf(directory, electionId), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = electionKeys.safeParse(parseJson(text));
  if (!parsed.success) throw new Error('The key file of an election is not whole.');
  return { identity: hashKey(parsed.data.identity), receipt: hashKey(parsed.data.receipt) };
}

/**
 * The keys of an election, made if there are none. Two replicas that share the folder may both be asked: the file
 * appears at once, whole and durable, under its name, or not at all (link(2) refuses a name that is taken).
 */
export function makeElectionKeys(directory: string, electionId: string): ElectionHashKeys {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const present = readElectionKeys(directory, electionId);
  if (present) return present;
  const beside = join(directory, `.${randomBytes(8).toString('hex')}.new`);
  const secret = (): string => randomBytes(32).toString('base64url');
  writeNewFile(beside, `${JSON.stringify({ identity: secret(), receipt: secret() })}\n`, 0o600);
  try {
    linkSync(beside, fileOf(directory, electionId));
    syncDirectory(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(beside, { force: true });
  }
  const made = readElectionKeys(directory, electionId);
  if (!made) throw new Error('The key file of an election is gone as soon as it was made.');
  return made;
}

/** What the intake keeps of the keys: who holds other keys sees that, and who holds none learns nothing. */
export function keyCheckOf(keys: ElectionHashKeys, electionId: string): Buffer {
  const text = `popvote/key-check/v1|${electionId}`;
  const second = createHmac('sha256', keys.receipt).update(text).digest();
  return createHmac('sha256', keys.identity).update(text).update(second).digest();
}

// An id has the characters of a file name only (see the schema `electionId`).
const fileOf = (directory: string, electionId: string): string => join(directory, `${electionId}.json`);
