// A local Redis: the redis-server or valkey-server of the machine, with one ACL user per service. If there is none, and
// the system is Debian or Ubuntu with sufficient rights, the distribution's package is installed and this is reported.
// Otherwise the start fails with instructions.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectRedis } from '../platform/redis.ts';
import { untilAnswering } from './start-progress.ts';
import { createLogger } from '../platform/logger.ts';
import { edgeMemoryMegabytes } from '../protocol/edge-memory.ts';
import type { RedisUser } from '../protocol/redis-users.ts';
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

export async function startRedis(options: {
  readonly directory: string;
  readonly port: number;
  readonly users: readonly RedisUser[];
  /** One password for each user, and one for `admin`, who has all rights. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly keepData: boolean;
  /** Sync each write to disk before its reply, instead of once a second. */
  readonly syncEachWrite?: boolean;
  /** The PATH of the environment, in which redis-server or valkey-server is searched. */
  readonly searchPath: string;
  readonly say: (line: string) => void;
  readonly onSpawn?: (pid: number) => void;
}): Promise<LocalRedis> {
  const binary = findRedis(options.searchPath) ?? installRedis(options.say, options.searchPath);
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const configuration = join(options.directory, 'redis.conf');
  writeFileSync(configuration, configurationText(options), { mode: 0o600 });
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn(binary, [configuration], {
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
  if (!(await answersBefore(ended, url('admin'), options.say))) {
    child.kill('SIGKILL');
    throw new Error(`Redis did not start; its log is ${options.logFile}`);
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

function configurationText(options: Parameters<typeof startRedis>[0]): string {
  const { users, passwords } = options;
  const hash = (name: string): string =>
    `#${createHash('sha256')
      .update(passwords[name] ?? '')
      .digest('hex')}`;
  const admin = `user admin on ${hash('admin')} ~* &* +@all`;
  return [
    `port ${options.port}`,
    'bind 127.0.0.1',
    `dir "${options.directory}"`,
    'save ""',
    `appendonly ${options.keepData ? 'yes' : 'no'}`,
    `appendfsync ${options.syncEachWrite ? 'always' : 'everysec'}`,
    `maxmemory ${edgeMemoryMegabytes}mb`,
    'maxmemory-policy noeviction',
    // The slow log would keep arguments of commands.
    'slowlog-log-slower-than -1',
    'user default off',
    admin,
    ...users.map(({ name, rules }) => `user ${name} on ${hash(name)} resetchannels ${rules.join(' ')}`),
    '',
  ].join('\n');
}

function findRedis(searchPath: string): string | null {
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
