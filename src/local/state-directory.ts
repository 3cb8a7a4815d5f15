// The folder of the local platform (.popvote): closed to others, used by one start at a time. Passwords from the first
// start are stored here, mode 0600, and appear nowhere else except in the environments of the zones.
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../platform/files.ts';
import { parseJson } from '../platform/json.ts';
import { replaceFile, writeNewFile } from '../platform/keys/key-directory.ts';
import { newSecret } from '../platform/keys/new-keys.ts';
import { processIdentity, stillRuns, untilEnded } from './process-identity.ts';
import type { ProcessRecord } from './process-identity.ts';
import { publicLogsFolder, publishedLogsFolder } from './zone-environments.ts';

/** Longest wait for processes of an earlier start to end by themselves, and after a signal, in milliseconds. */
const leftOverMsMax = 20_000;
const killedMsMax = 5_000;

const secretNames = [
  // The databases: their superuser, and the services' roles.
  'postgres',
  'popvote_ballots',
  'popvote_mixer',
  'popvote_elections',
  'popvote_access',
  'popvote_worker',
  'popvote_log',
  // Users of the edge Redis, then of the control Redis.
  'admin',
  'api',
  'sms',
  'elections',
  'control-admin',
  'control-access',
  'control-elections',
  'control-officials',
  'control-worker',
] as const;
export type LocalSecrets = Readonly<Record<(typeof secretNames)[number], string>>;
// A folder of an earlier version has fewer. Missing ones are created.
const secretsSchema = z.partialRecord(z.enum(secretNames), z.string().min(32));
/** The password of the owner of the databases, which PostgreSQL keeps in its data. */
const ownerSecret = 'postgres';
/** The name of the password of a user of the control Redis. */
export const controlSecretName = (user: string): keyof LocalSecrets => `control-${user}` as keyof LocalSecrets;
const recordSchema = z.object({ name: z.string(), pid: z.int().min(1), identity: z.string() });

/** Another start uses the folder. */
export class DirectoryInUse extends Error {
  constructor(directory: string, pid: number) {
    super(
      `${directory} is in use by another popvote start (process ${pid}). End that one, or set another folder ` +
        '(POPVOTE_DIRECTORY) and other ports (0 takes any free one) for this one.',
    );
    this.name = 'DirectoryInUse';
  }
}

export type StateDirectory = {
  readonly path: string;
  readonly secrets: LocalSecrets;
  file(...names: string[]): string;
  /** Records a process, so that the next start can end it if this one is killed. */
  remember(name: string, pid: number): void;
  release(): void;
};

/** Opens the folder for one start. Ends processes that a killed start has left running. */
export async function openStateDirectory(requested: string, say: (line: string) => void): Promise<StateDirectory> {
  const path = resolve(requested);
  makeClosed(path);
  const release = takeLock(path);
  const records = new Map<string, ProcessRecord>();
  try {
    await endLeftOvers(path, say);
    for (const name of ['logs', 'election-keys', 'epoch-keys', 'environment', 'spool']) {
      mkdirSync(join(path, name), { recursive: true, mode: 0o700 });
    }
    // Read by other zones, and then by everybody.
    for (const name of [publicLogsFolder, publishedLogsFolder]) {
      mkdirSync(join(path, name), { recursive: true, mode: 0o755 });
    }
    const secrets = readOrMakeSecrets(path);
    return {
      path,
      secrets,
      file: (...names) => join(path, ...names),
      remember(name, pid) {
        const identity = processIdentity(pid);
        if (identity === null) return;
        records.set(name, { name, pid, identity });
        replaceFile(join(path, 'processes.json'), JSON.stringify([...records.values()]), 0o600);
      },
      release() {
        rmSync(join(path, 'processes.json'), { force: true });
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

// As root the database and the zones run as other users, who pass through the folder to their own and read nothing of it.
function makeClosed(path: string): void {
  makeFolder(path);
  chmodSync(path, process.getuid?.() === 0 ? 0o711 : 0o700);
}

function takeLock(directory: string): () => void {
  const lock = join(directory, 'lock');
  const mine = join(directory, `lock.${process.pid}`);
  const text = JSON.stringify({ name: 'start', pid: process.pid, identity: processIdentity(process.pid) ?? '' });
  writeFileSync(mine, text, { mode: 0o600 });
  try {
    for (;;) {
      // Written completely and then linked: no other start reads a partial lock, and two cannot both succeed.
      try {
        linkSync(mine, lock);
        return () => rmSync(lock, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readRecord(lock);
      if (holder && stillRuns(holder)) throw new DirectoryInUse(directory, holder.pid);
      removeStale(lock, holder, directory);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

// Another start may have taken the lock since it was read: the renamed file is checked again, and renamed back.
function removeStale(lock: string, holder: ProcessRecord | null, directory: string): void {
  const aside = `${lock}.stale.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return; // already removed: try again
  }
  const moved = readRecord(aside);
  if (moved && stillRuns(moved) && moved.pid !== holder?.pid) {
    renameSync(aside, lock);
    throw new DirectoryInUse(directory, moved.pid);
  }
  rmSync(aside, { force: true });
}

function readRecord(path: string): ProcessRecord | null {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

// Services detect that their parent has ended, and end by themselves. Redis and PostgreSQL do not.
async function endLeftOvers(directory: string, say: (line: string) => void): Promise<void> {
  const file = join(directory, 'processes.json');
  for (const record of readRecords(file)) {
    if (!stillRuns(record)) continue;
    say(`An earlier start was killed and left ${record.name} running (process ${record.pid}): ending it.`);
    // PostgreSQL ends its sessions at SIGINT; everything else drains at SIGTERM.
    signal(record, record.name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    if (await untilEnded(record, leftOverMsMax)) continue;
    signal(record, record.name === 'postgres' ? 'SIGQUIT' : 'SIGKILL');
    if (!(await untilEnded(record, killedMsMax))) throw new Error(`Process ${record.pid} cannot be ended.`);
  }
  rmSync(file, { force: true });
}

function readRecords(file: string): readonly ProcessRecord[] {
  try {
    const records = z.array(recordSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
    // The last process that was started is the first to end: services before the servers that they use.
    return records.reverse();
  } catch {
    return [];
  }
}

function signal({ pid }: ProcessRecord, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}

function readOrMakeSecrets(directory: string): LocalSecrets {
  const file = join(directory, 'secrets.json');
  const fresh = Object.fromEntries(secretNames.map((name) => [name, newSecret()])) as LocalSecrets;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    writeNewFile(file, `${JSON.stringify(fresh, null, 2)}\n`, 0o600);
    return fresh;
  }
  const read = secretsSchema.safeParse(parseJson(text));
  if (!read.success) throw new Error(`${file} is damaged. Restore it, or remove ${directory} to start over.`);
  const secrets = { ...fresh, ...read.data };
  if (secretNames.some((name) => read.data[name] === undefined)) {
    replaceFile(file, `${JSON.stringify(secrets, null, 2)}\n`, 0o600);
  }
  return secrets;
}

/**
 * Makes new passwords for the roles of services in the databases and for the users of both Redis. The next start sets
 * them. Returns the file.
 */
export function renewLocalPasswords(requested: string): string {
  const path = resolve(requested);
  const file = join(path, 'secrets.json');
  if (!existsSync(file)) throw new Error(`${file} is not there. Run popvote start first, or set POPVOTE_DIRECTORY.`);
  const before = readOrMakeSecrets(path);
  const fresh = Object.fromEntries(secretNames.map((name) => [name, newSecret()])) as LocalSecrets;
  replaceFile(file, `${JSON.stringify({ ...fresh, [ownerSecret]: before[ownerSecret] }, null, 2)}\n`, 0o600);
  return file;
}
