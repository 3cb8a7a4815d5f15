// Started as root, each zone of the local platform runs as a user of its own: no zone can read the key file, the
// environment or the memory of another one. Their files stay with root, and a zone gets the contents of its own in its
// environment, which only root and its user can read.
import { spawnSync } from 'node:child_process';
import { chownSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '../../platform/environment.ts';
import { readTextFile } from '../../platform/files.ts';
import { publicLogsFolder, publishedLogsFolder, zones } from '../zone-environments.ts';

/** The user id of the first zone. Neither systems nor containers give out ids of this range. */
const firstUserId = 1_900_000_000;
/** Longest file that is passed on in an environment, in bytes: the system's limit for a variable is a little larger. */
const passedBytesMax = 120_000;

/** Folders in which a zone writes. */
const folders: ReadonlyMap<string, string> = new Map([
  ['ballots', 'election-keys'],
  ['mixer', 'epoch-keys'],
  ['officials', 'spool'],
  ['log', publicLogsFolder],
  ['herald', publishedLogsFolder],
]);

export type ZoneAccount = { readonly uid: number; readonly gid: number };
export type ZoneAccounts = {
  /** Why zones share the user of this process; null if each has its own. */
  readonly sharedBecause: string | null;
  /** The user of a zone, who owns its folder from now on. Undefined where zones share one. */
  accountOf(zone: string): ZoneAccount | undefined;
  /** The environment of a zone as its user can use it. */
  environmentOf(environment: Environment): Environment;
};

/** `entry`: the file of the popvote command, which every zone has to read. */
export function createZoneAccounts(directory: string, entry: string): ZoneAccounts {
  const sharedBecause = whyShared(directory, entry);
  if (sharedBecause !== null) {
    return { sharedBecause, accountOf: () => undefined, environmentOf: (environment) => environment };
  }
  return {
    sharedBecause,
    accountOf(zone) {
      const account = accountAt(zones.findIndex((each) => each === zone));
      const folder = folders.get(zone);
      if (folder === undefined) return account;
      const path = join(directory, folder);
      for (const file of [path, ...readdirSync(path).map((name) => join(path, name))]) {
        chownSync(file, account.uid, account.gid);
      }
      return account;
    },
    environmentOf: withContents,
  };
}

const accountAt = (index: number): ZoneAccount => ({ uid: firstUserId + index, gid: firstUserId + index });

function whyShared(directory: string, entry: string): string | null {
  if (process.getuid?.() !== 0) return 'this was not started as root';
  const account = accountAt(zones.length);
  const read = `const fs = require('node:fs'); fs.readFileSync(process.argv[1]); fs.readdirSync(process.argv[2]);`;
  const mayEnter = `fs.accessSync(process.argv[3], fs.constants.X_OK);`;
  const words = ['-e', read + mayEnter, entry, join(dirname(entry), '..'), dirname(directory)];
  const { status } = spawnSync(process.execPath, words, { ...account, env: {}, stdio: 'ignore' });
  return status === 0 ? null : `other users cannot read ${entry}, or cannot reach ${directory}`;
}

/** Each NAME_FILE as NAME, with the contents of the file. A file that cannot be read is left to its service to report. */
function withContents(environment: Environment): Environment {
  const entries = Object.entries(environment).map(([name, value]): [string, string | undefined] => {
    if (!name.endsWith('_FILE') || value === undefined) return [name, value];
    try {
      return [name.slice(0, -'_FILE'.length), readTextFile(value, passedBytesMax).trim()];
    } catch {
      return [name, value];
    }
  });
  return Object.fromEntries(entries);
}
