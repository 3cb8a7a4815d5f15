// The folder of key files: one file for each service and one public file, each readable by its owner alone. A key file
// is never overwritten in place. A new file is written, made durable and then renamed, so that a crash leaves no
// partial key.
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import {
  accessKeys,
  apiKeys,
  ballotsKeys,
  electionsKeys,
  logKeys,
  mixerKeys,
  officialsKeys,
  publicKeys as publicKeysSchema,
  smsKeys,
  workerKeys,
} from '../../protocol/key-files.ts';
import type { PublicJwk } from '../../protocol/key-files.ts';
import { isWithin, systemClock } from '../clock.ts';
import { makeFolder, readTextFile, whyUnreadable } from '../files.ts';
import { newKeyFiles, newRing, publicJwk } from './new-keys.ts';
import type { KeyFiles } from './new-keys.ts';

const schemas = {
  api: apiKeys,
  sms: smsKeys,
  ballots: ballotsKeys,
  mixer: mixerKeys,
  log: logKeys,
  elections: electionsKeys,
  access: accessKeys,
  officials: officialsKeys,
  worker: workerKeys,
  // Last: if it exists, the set is complete.
  public: publicKeysSchema,
} as const satisfies Record<keyof KeyFiles, z.ZodType>;
/** A file that is not complete after this time was left by a process that was killed, in milliseconds. */
const unfinishedMsMax = 60_000;
const names = Object.keys(schemas) as (keyof KeyFiles)[];
/**
 * Files of services that came later. They hold no key of another service, so they can be added to an existing folder.
 */
const addable = ['access', 'officials', 'log', 'worker'] as const satisfies readonly (keyof KeyFiles)[];

export const keyFilePath = (directory: string, name: keyof KeyFiles): string => join(directory, `${name}.json`);

export type KeysMade =
  /** `amended`: existing files to which new keys, or their public halves, were added. Either list may be empty. */
  | { readonly outcome: 'made'; readonly files: readonly string[]; readonly amended: readonly string[] }
  | { readonly outcome: 'present' }
  /** Some files exist and the set is not complete: nothing was changed. */
  | { readonly outcome: 'partial'; readonly files: readonly string[] };

/** Creates the missing key files of a folder, if none of them can contradict an existing one. */
export function makeKeyDirectory(directory: string, fileMode = 0o600): KeysMade {
  makeFolder(directory);
  const missing = names.filter((name) => !existsSync(keyFilePath(directory, name)));
  if (missing.length < names.length && !missing.every((name) => addable.some((added) => added === name))) {
    const present = names.filter((name) => !missing.includes(name));
    return { outcome: 'partial', files: present.map((name) => keyFilePath(directory, name)) };
  }
  const files = missing.length === 0 ? [] : makeFiles(directory, missing, fileMode);
  const amended = missing.length < names.length ? amendFiles(directory) : [];
  return files.length + amended.length === 0 ? { outcome: 'present' } : { outcome: 'made', files, amended };
}

function makeFiles(directory: string, missing: readonly (keyof KeyFiles)[], mode: number): readonly string[] {
  const keys = newKeyFiles();
  // A first set belongs together: two simultaneous runs must not mix theirs. A file that is added later exists whole or
  // not at all, also after a crash, and the next run continues.
  const write = missing.length === names.length ? writeNewFile : replaceFile;
  const files = missing.map((name) => {
    const path = keyFilePath(directory, name);
    write(path, jsonText(keys[name]), mode);
    return path;
  });
  syncDirectory(directory);
  return files;
}

function amendFiles(directory: string): readonly string[] {
  const amended: (keyof KeyFiles)[] = addCodes(directory);
  if (publishAdded(directory)) amended.push('public');
  return amended.map((name) => keyFilePath(directory, name));
}

// Files from before `sms` made the codes that voters text in have no key for them. Both holders get the same: first the
// one that only reads, so that the next run completes one that was killed in between.
function addCodes(directory: string): ('ballots' | 'sms')[] {
  const files = (['ballots', 'sms'] as const).map((name) => ({ name, file: readJsonFile(directory, name) }));
  const without = files.filter(({ file }) => !Object.hasOwn(file, 'codes'));
  if (without.length === 0) return [];
  const codes = files.find(({ file }) => Object.hasOwn(file, 'codes'))?.file['codes'] ?? newRing();
  for (const { name, file } of without) {
    const { mode } = statSync(keyFilePath(directory, name));
    replaceFile(keyFilePath(directory, name), jsonText({ ...file, codes }), mode & 0o777);
  }
  return without.map(({ name }) => name);
}

// Reads the existing files, so that the next run completes one that was killed earlier. Returns whether anything was
// missing. Signatures by an older key of batches must stay verifiable; a caller has one key.
function publishAdded(directory: string): boolean {
  const officials = readKeyFile(directory, 'officials');
  const before = readKeyFile(directory, 'public');
  const caller = publicJwk(officials.caller);
  const isKnownCaller = before.callers.some((existing) => isSameKey(existing, caller));
  const others = before.callers.filter(({ kid }) => kid !== caller.kid);
  const after = {
    ...before,
    callers: isKnownCaller ? before.callers : [...others, caller],
    batches: withKey(before.batches, publicJwk(officials.batches)),
    logs: withKey(before.logs, publicJwk(readKeyFile(directory, 'log').checkpoints)),
    deposits: withKey(before.deposits, publicJwk(readKeyFile(directory, 'worker').deposits)),
  };
  const isKnown = (['batches', 'logs', 'deposits'] as const).every((name) => after[name] === before[name]);
  if (isKnownCaller && isKnown) return false;
  replaceKeyFile(directory, 'public', after);
  return true;
}

const withKey = (keys: PublicJwk[], key: PublicJwk): PublicJwk[] =>
  keys.some((existing) => isSameKey(existing, key)) ? keys : [key, ...keys];

const isSameKey = (one: PublicJwk, other: PublicJwk): boolean => one.kid === other.kid && one.x === other.x;

/** Reads one key file. Throws with the file's name and the faulty fields, never with a value. */
export function readKeyFile<Name extends keyof KeyFiles>(directory: string, name: Name): KeyFiles[Name] {
  const path = keyFilePath(directory, name);
  const parsed = (schemas[name] as unknown as z.ZodType<KeyFiles[Name]>).safeParse(readJsonFile(directory, name));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path: at }) => at.map(String).join('.')).join(', ');
  throw new Error(`${path} is not a key file of ${name}: see ${where || 'its top-level fields'}.`);
}

function readJsonFile(directory: string, name: keyof KeyFiles): Readonly<Record<string, unknown>> {
  const path = keyFilePath(directory, name);
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readTextFile(path)));
  } catch (error) {
    // A syntax error would quote the text.
    const isText = error instanceof SyntaxError || error instanceof z.ZodError;
    throw new Error(`${path} cannot be read (${isText ? 'it is not JSON' : whyUnreadable(error)}).`);
  }
}

/** Replaces a key file by its next version and keeps its mode: Compose mounts files that their container can read. */
export function replaceKeyFile<Name extends keyof KeyFiles>(directory: string, name: Name, keys: KeyFiles[Name]): void {
  const path = keyFilePath(directory, name);
  replaceFile(path, jsonText(keys), statSync(path).mode & 0o777);
}

/** Writes a file that must not exist yet, and makes it durable. */
export function writeNewFile(path: string, text: string, mode: number): void {
  const file = openSync(path, 'wx', mode);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Makes a file whole and durable under its name, or not at all: link(2) fails if the name exists. Returns false if it does.
 */
export function linkNewFile(path: string, text: string, mode: number): boolean {
  const beside = join(dirname(path), `.${randomBytes(8).toString('hex')}.new`);
  writeNewFile(beside, text, mode);
  try {
    linkSync(beside, path);
    syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(beside, { force: true });
  }
}

/**
 * Overwrites a file, makes that durable, and removes it. Nothing happens where there is none. Other copies on a disk are the
 * operator's duty (docs/threat-model.md).
 */
export function shredFile(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    writeSync(file, randomBytes(fstatSync(file).size), 0, undefined, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  // Another process with this folder may have removed it meanwhile.
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

/** Destroys what a process that was killed left half-made in a folder. */
export function shredUnfinished(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (!/^\..*\.new$/.test(name)) continue;
    const path = join(directory, name);
    const file = statSync(path, { throwIfNoEntry: false });
    // Another process may be writing it now.
    if (!file || isWithin(systemClock(), file.mtimeMs, unfinishedMsMax, unfinishedMsMax)) continue;
    // A process that was killed after link(2) left a second name of the file that is in use.
    if (file.nlink > 1) rmSync(path, { force: true });
    else shredFile(path);
  }
}

/** Replaces a file atomically: a reader gets the old text or the new one, also after a crash. */
export function replaceFile(path: string, text: string, mode: number): void {
  const beside = `${path}.${process.pid}.new`;
  rmSync(beside, { force: true });
  writeNewFile(beside, text, mode);
  renameSync(beside, path);
  syncDirectory(dirname(path));
}

export function syncDirectory(directory: string): void {
  // Windows cannot open a folder; its renames are durable by other means.
  if (process.platform === 'win32') return;
  const folder = openSync(directory, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
