// A local Redis: the redis-server or valkey-server of the machine, with one ACL user per service. If there is none, and
// the system is Debian or Ubuntu with sufficient rights, the distribution's package is installed and this is reported.
// Otherwise the start fails with instructions.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectRedis } from '../platform/redis.ts';
import { untilAnswering } from './start-progress.ts';
import { createLogger } from '../platform/logger.ts';
import { criticalLine, sizeOf } from './bounded-logs.ts';
import { completeRepair, removeFiles, repairFiles } from './redis-files.ts';
import { redisUserFile } from './redis-settings.ts';
import type { RedisServer } from './redis-settings.ts';
import { passOnPriority } from './scheduling.ts';

const stopMsMax = 10_000;
const pollMs = 20;

export type LocalRedis = {
  /** Address for a user. */
  url(user: string): string;
  readonly port: number;
  readonly pid: number;
  /** The program in use. */
  readonly binary: string;
  /** Resolves with the reason of the end. */
  readonly ended: Promise<string>;
  /** Flushes its file and ends. When `hurry` aborts it ends at once. */
  stop(hurry?: AbortSignal): Promise<void>;
};

export type RedisOptions = {
  readonly directory: string;
  readonly port: number;
  readonly server: RedisServer;
  /** One password for each user, and one for `admin`, who has all rights. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** The PATH of the environment, in which redis-server or valkey-server is searched. */
  readonly searchPath: string;
  readonly say: (line: string) => void;
  readonly onSpawn?: (pid: number) => void;
};

/** Starts a server. Files that a power cut damaged are repaired first, which is reported. */
export async function startRedis(options: RedisOptions): Promise<LocalRedis> {
  const { directory, say, logFile, searchPath } = options;
  const binary = findRedis(searchPath) ?? installRedis(say, searchPath);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const keepsData = options.server.settings['appendonly'] === 'yes';
  if (keepsData) completeRepair(directory);
  else if (removeFiles(directory))
    say(`Removed files of an earlier version from ${directory}: its Redis is in memory.`);
  const started = await launch(options, binary);
  if (started) return started;
  const repair = keepsData ? repairFiles(directory, binary) : null;
  if (!repair) throw new Error(`Redis did not start; its log is ${logFile}`);
  say(
    `The files of Redis in ${directory} were damaged. ${repair.done} The original is ${repair.original}. What the ` +
      'ledger has is shown again within seconds. If a batch is incomplete, send the same file again.',
  );
  const again = await launch(options, binary);
  if (!again) throw new Error(`Redis did not start with repaired files; its log is ${logFile}`);
  return again;
}

// Null if the server ends before it answers.
async function launch(options: RedisOptions, binary: string): Promise<LocalRedis | null> {
  const logStart = sizeOf(options.logFile);
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(binary, [writeConfiguration(options)], {
    stdio: ['ignore', log, log],
    detached: true,
    env: { PATH: options.searchPath },
  });
  closeSync(log);
  void passOnPriority(child.pid);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code ?? '?'}`));
  });
  if (child.pid !== undefined) options.onSpawn?.(child.pid);
  const url = (user: string): string =>
    `redis://${user}:${encodeURIComponent(options.passwords[user] ?? '')}@127.0.0.1:${options.port}`;
  const endAtOnce = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  if (!(await answersBefore(ended, url('admin'), options.say))) {
    await endAtOnce();
    return null;
  }
  const loss = await criticalLine(options.logFile, logStart);
  if (loss !== null) {
    // At once, before it may rewrite its files.
    await endAtOnce();
    throw new Error(lossText(options, binary, loss));
  }
  return {
    url,
    port: options.port,
    pid: child.pid ?? 0,
    binary,
    ended,
    async stop(hurry) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const atOnce = (): void => void child.kill('SIGKILL');
      const late = setTimeout(atOnce, stopMsMax);
      hurry?.addEventListener('abort', atOnce, { once: true });
      if (hurry?.aborted) atOnce();
      else child.kill('SIGTERM');
      await ended;
      clearTimeout(late);
    },
  };
}

const lossText = ({ directory, logFile }: RedisOptions, binary: string, line: string): string =>
  `${binary} could not read all of its own data in ${directory}, and was stopped. The files are unchanged. Its log ` +
  `${logFile} has the reason: "${line}". Install another version of Redis or Valkey, and test it with popvote doctor ` +
  '--local. To start without this data, move the files to another place. Batches are then shown from the ledger, and files of ' +
  'incomplete ones must be sent again.';

// Writes the configuration and the users of a server, and returns the file of the configuration.
function writeConfiguration({ directory, port, server, passwords }: RedisOptions): string {
  const users = join(directory, 'users.acl');
  const passwordOf = (user: string): string => passwords[user] ?? '';
  const admin = { name: 'admin', password: passwordOf('admin'), rules: ['~*', '&*', '+@all'] };
  writeFileSync(users, redisUserFile(server.users, passwordOf, admin), { mode: 0o600 });
  const settings = Object.entries(server.settings).map(([name, value]) => `${name} ${value === '' ? '""' : value}`);
  const place = [`port ${port}`, 'bind 127.0.0.1', `dir "${directory}"`, `aclfile "${users}"`];
  const file = join(directory, 'redis.conf');
  writeFileSync(file, [...place, ...settings, ''].join('\n'), { mode: 0o600 });
  return file;
}

/** The program in one of these folders, if there is any. */
export function findRedis(searchPath: string): string | null {
  const folders = searchPath.split(':');
  for (const name of ['redis-server', 'valkey-server']) {
    const folder = folders.find((path) => path !== '' && existsSync(join(path, name)));
    if (folder !== undefined) return join(folder, name);
  }
  return null;
}

function installRedis(say: (line: string) => void, searchPath: string): string {
  const advice =
    'Redis is required and was not found. Install redis-server or valkey-server (Debian and Ubuntu: sudo apt-get install ' +
    'redis-server; macOS: brew install redis), or set EDGE_REDIS_URL and CONTROL_REDIS_URL to your own.';
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) throw new Error(advice);
  say('Redis was not found: installing the distribution’s package redis-server (apt-get).');
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'],
  ]) {
    const { status, stderr } = spawnSync('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', ...words], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`apt-get ${words[0] ?? ''} failed: ${stderr}\n${advice}`);
  }
  const installed = findRedis(searchPath);
  if (installed === null) throw new Error(advice);
  return installed;
}

async function answersBefore(ended: Promise<string>, url: string, say: (line: string) => void): Promise<boolean> {
  const redis = connectRedis(url, createLogger('redis', 'silent'));
  try {
    const answers = (): Promise<boolean> =>
      redis.ping().then(
        () => true,
        () => false,
      );
    return await untilAnswering({ name: 'redis', ended, answers, say }, { pollMs });
  } finally {
    redis.disconnect();
  }
}
