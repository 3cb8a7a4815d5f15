// The two keys of each election, in one file per election. They are random and in no database. A person who has them
// can test a list of numbers against the participation. Destroying the file ends that permanently. Only tags made with
// the keys leave this process.
import { linkSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createHmac, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { makeFolder } from '../../platform/files.ts';
import { parseJson } from '../../platform/json.ts';
import { electionKeys } from '../../protocol/key-files.ts';
import { hashKey } from '../../platform/keys/keyed-hash.ts';
import { syncDirectory, writeNewFile } from '../../platform/keys/key-directory.ts';

/** Ready for use: `identity` makes the tags of people, `receipt` makes the value that binds a ballot to its attempt. */
export type ElectionHashKeys = { readonly identity: KeyObject; readonly receipt: KeyObject };

/** The keys of an election, or null if there is no file. Throws on an invalid file, without a value in the message. */
export function readElectionKeys(directory: string, electionId: string): ElectionHashKeys | null {
  let text: string;
  try {
    text = readFileSync(fileOf(directory, electionId), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = electionKeys.safeParse(parseJson(text));
  if (!parsed.success) throw new Error('The key file of an election is invalid.');
  return { identity: hashKey(parsed.data.identity), receipt: hashKey(parsed.data.receipt) };
}

/**
 * The keys of an election, made if there are none. Two replicas that share the folder may do this at once. The file
 * appears under its name complete and durable or not at all, because link(2) fails if the name exists.
 */
export function makeElectionKeys(directory: string, electionId: string): ElectionHashKeys {
  makeFolder(directory);
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
  const keys = readElectionKeys(directory, electionId);
  if (!keys) throw new Error('The key file of an election disappeared after it was made.');
  return keys;
}

/** The key check that the intake stores. It differs for other keys and reveals nothing about the keys. */
export function keyCheckOf(keys: ElectionHashKeys, electionId: string): Buffer {
  const text = `popvote/key-check/v1|${electionId}`;
  const second = createHmac('sha256', keys.receipt).update(text).digest();
  return createHmac('sha256', keys.identity).update(text).update(second).digest();
}

// An id has only characters that are safe in a file name (see the schema `electionId`).
const fileOf = (directory: string, electionId: string): string => join(directory, `${electionId}.json`);
