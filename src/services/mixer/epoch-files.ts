// The files of the hourly keys: the private halves, one file each, in a folder that only the mixer reads. Another mixer's copy
// is a file of the same form.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../platform/json.ts';
import type { CopyFolder } from '../../platform/key-copies/copy-holder.ts';
import { nameOfFolder } from '../../platform/key-copies/folder-name.ts';
import { linkNewFile, shredFile } from '../../platform/keys/key-directory.ts';
import { createOpener, epochBytes, epochKeyOf, newEpochKey } from '../../platform/keys/sealed-boxes.ts';
import type { EpochPrivateKey } from '../../platform/keys/sealed-boxes.ts';
import type { Logger } from '../../platform/logger.ts';

export type LocalKey = {
  readonly key: EpochPrivateKey;
  readonly createdAtMs: number;
  readonly open: ReturnType<typeof createOpener>;
};
/** By epoch, in hexadecimal. */
export type LocalKeys = ReadonlyMap<string, LocalKey>;

const keyFile = z.strictObject({
  epoch: z.base64url(),
  createdAtMs: z.int(),
  privateKey: z.base64url().describe('PKCS #8'),
});
const namePattern = /^[0-9a-f]{32}\.json$/;

export const epochName = (epoch: Buffer): string => epoch.toString('hex');
const fileName = (epoch: Buffer): string => `${epochName(epoch)}.json`;

/** Makes a key. Its file is durable when this returns. */
export function makeEpochFile(directory: string, createdAtMs: number): Omit<LocalKey, 'open'> {
  const { privateText, ...key } = newEpochKey();
  const content = { epoch: key.epoch.toString('base64url'), createdAtMs, privateKey: privateText };
  if (!linkNewFile(join(directory, fileName(key.epoch)), `${JSON.stringify(content)}\n`, 0o600))
    throw new Error('Two random names of hourly keys are the same.');
  return { key, createdAtMs };
}

export function readEpochFiles(directory: string, logger: Logger): LocalKeys {
  const keys = new Map<string, LocalKey>();
  for (const name of readdirSync(directory)) {
    if (!namePattern.test(name)) continue;
    const key = readKey(readFileSync(join(directory, name), 'utf8'));
    if (key) keys.set(epochName(key.key.epoch), key);
    else logger.warn({ file: name }, 'epoch-key.unreadable');
  }
  return keys;
}

export const destroyEpochFile = (directory: string, epoch: Buffer): void => shredFile(join(directory, fileName(epoch)));

/** The folder for copies from other mixers. The name of a copy is the name of its file. */
export function epochCopyFolder(directory: string): CopyFolder {
  const read = (name: string): string | null => (namePattern.test(name) ? readPresent(join(directory, name)) : null);
  return {
    id: () => nameOfFolder(directory),
    has: (name) => read(name) !== null,
    read,
    keep({ name, text }) {
      const key = readKey(text);
      if (!key || name !== fileName(key.key.epoch)) return Promise.resolve(false);
      return Promise.resolve(linkNewFile(join(directory, name), text, 0o600) || read(name) === text);
    },
  };
}

/** The names of copies of these keys. */
export const copyNames = (epochs: readonly Buffer[]): readonly string[] => epochs.map(fileName);

function readPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function readKey(text: string): LocalKey | null {
  const { data } = keyFile.safeParse(parseJson(text));
  if (!data) return null;
  try {
    const epoch = Buffer.from(data.epoch, 'base64url');
    if (epoch.length !== epochBytes) return null;
    const key = epochKeyOf(epoch, data.privateKey);
    return { key, createdAtMs: data.createdAtMs, open: createOpener(key) };
  } catch {
    return null;
  }
}
