// The two keys of each election, in one file per election. They are random and in no database. A person who has them
// can test a list of numbers against the participation. Destroying the file ends that permanently. Only tags made with
// the keys, and copies that are sealed for another replica, leave this process.
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createHmac, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { makeFolder } from '../../platform/files.ts';
import { parseJson } from '../../platform/json.ts';
import { electionKeys } from '../../protocol/key-files.ts';
import { hashKey } from '../../platform/keys/keyed-hash.ts';
import { linkNewFile, syncDirectory } from '../../platform/keys/key-directory.ts';

/** Ready for use: `identity` makes the tags of people, `receipt` makes the value that binds a ballot to its attempt. */
export type ElectionHashKeys = { readonly identity: KeyObject; readonly receipt: KeyObject };

/** Most files of other keys of one election, beside the first. Two replicas that make keys at once make one such file. */
const otherKeysMax = 8;

/** The keys of an election, or null if there is no file. Throws on an invalid file, without a value in the message. */
export function readElectionKeys(directory: string, electionId: string): ElectionHashKeys | null {
  return readFile(fileOf(directory, electionId));
}

/**
 * The keys of an election, made if there are none. Two replicas that share the folder may do this at once. The file
 * appears under its name complete and durable or not at all.
 */
export function makeElectionKeys(directory: string, electionId: string): ElectionHashKeys {
  makeFolder(directory);
  const present = readElectionKeys(directory, electionId);
  if (present) return present;
  const secret = (): string => randomBytes(32).toString('base64url');
  const text = `${JSON.stringify({ identity: secret(), receipt: secret() })}\n`;
  linkNewFile(fileOf(directory, electionId), text, 0o600);
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

/**
 * The keys that this check names, or null. Another replica may have made keys of the same election at the same moment, so
 * that there are several files; the row in the intake decides. The others were never used, and are removed. Throws on an
 * invalid file, if no other is the right one.
 */
export function settleElectionKeys(directory: string, electionId: string, keyCheck: Buffer): ElectionHashKeys | null {
  const first = fileOf(directory, electionId);
  const matching = (path: string): ElectionHashKeys | null => {
    const text = readText(path);
    const keys = text === null ? null : validKeys(text);
    return keys && keyCheckOf(keys, electionId).equals(keyCheck) ? keys : null;
  };
  const settled = matching(first);
  if (settled) {
    for (const name of otherFiles(directory, electionId)) rmSync(join(directory, name), { force: true });
    return settled;
  }
  const other = join(directory, copyNameOf(electionId, keyCheck));
  if (matching(other)) {
    // Another process that shares the folder may do the same.
    if (existsSync(other)) renameSync(other, first);
    syncDirectory(directory);
  } else readFile(first);
  return matching(first);
}

/** The name of a copy of the keys that have this check, which is also the name of its file beside the first. */
export const copyNameOf = (electionId: string, keyCheck: Buffer): string =>
  `${electionId}.${keyPairIdOf(keyCheck)}.json`;

/** Identifies the keys that have this check. It reveals nothing about them. */
export const keyPairIdOf = (keyCheck: Buffer): string => keyCheck.toString('hex', 0, 16);

/** How many files of keys of an election the folder has. */
export const countKeyFiles = (directory: string, electionId: string): number =>
  otherFiles(directory, electionId).length + (existsSync(fileOf(directory, electionId)) ? 1 : 0);

export const electionOfCopy = (name: string): string | null => namePattern.exec(name)?.[1] ?? null;

/** The text of a file of the keys of this name, or null. */
export function readCopy(directory: string, name: string): string | null {
  const electionId = electionOfCopy(name);
  if (electionId === null) return null;
  for (const path of [fileOf(directory, electionId), join(directory, name)]) {
    const text = readText(path);
    if (text !== null && isCopyOf(name, electionId, text)) return text;
  }
  return null;
}

function isCopyOf(name: string, electionId: string, text: string): boolean {
  const keys = validKeys(text);
  return keys !== null && copyNameOf(electionId, keyCheckOf(keys, electionId)) === name;
}

/** Makes a copy durable: the first file of its election, or one beside it. False where it is not what its name says. */
export function keepCopy(directory: string, { name, text }: { readonly name: string; readonly text: string }): boolean {
  const electionId = electionOfCopy(name);
  if (electionId === null || !isCopyOf(name, electionId, text)) return false;
  makeFolder(directory);
  if (readCopy(directory, name) !== null || linkNewFile(fileOf(directory, electionId), text, 0o600)) return true;
  if (otherFiles(directory, electionId).length >= otherKeysMax) return false;
  linkNewFile(join(directory, name), text, 0o600);
  return readCopy(directory, name) !== null;
}

const namePattern = /^([A-Za-z0-9_-]{1,64})\.[0-9a-f]{32}\.json$/;
const otherFiles = (directory: string, electionId: string): readonly string[] =>
  readdirSync(directory).filter((name) => electionOfCopy(name) === electionId);

// An id has only characters that are safe in a file name (see the schema `electionId`).
const fileOf = (directory: string, electionId: string): string => join(directory, `${electionId}.json`);

function readFile(path: string): ElectionHashKeys | null {
  const text = readText(path);
  if (text === null) return null;
  const keys = validKeys(text);
  if (!keys) throw new Error('The key file of an election is invalid.');
  return keys;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function validKeys(text: string): ElectionHashKeys | null {
  const { data } = electionKeys.safeParse(parseJson(text));
  return data ? { identity: hashKey(data.identity), receipt: hashKey(data.receipt) } : null;
}
