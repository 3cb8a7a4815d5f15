// Both Redis as deploy/redis ships them: a primary and a replica each, and three Sentinels that watch both, on this machine.
// The files are those that ship; only what differs between machines is set here: addresses, folders and passwords.
import { spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { redisServers, redisUserFile } from '../../src/local/redis-settings.ts';
import { findRedis } from '../../src/local/redis.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { connectRedis, redisReady } from '../../src/platform/redis.ts';
import type { Redis } from '../../src/platform/redis.ts';
import { freePort } from '../../test/support/processes/ports.ts';
import { spawnServer } from './account.ts';
import type { Bench } from './run.ts';

const shipped = fileURLToPath(new URL('../../deploy/redis', import.meta.url));
const names = ['edge', 'control'] as const;
type Name = (typeof names)[number];
/** The password of each user of these servers is `<user>-password`. */
const passwordOf = (user: string): string => `${user}-password`;
const sentinels = 3;
/** Longest wait for a server, a replica or a Sentinel, in milliseconds, and how often it is asked. */
const readyMsMax = 30_000;
const askMs = 100;

export type WatchedServer = {
  readonly port: number;
  readonly directory: string;
  /** As the user who may do all. */
  readonly admin: Redis;
  kill(): void;
  /** As a service manager does after a failure: with the file that Sentinel changed. */
  start(): void;
};
export type WatchedPair = {
  readonly primary: WatchedServer;
  readonly replica: WatchedServer;
  /** The address that services have. */
  urlFor(user: string): string;
  /** From now on the replica receives nothing. */
  separate(): Promise<void>;
  /** Waits until the Sentinels name the replica as the primary. */
  failedOver(): Promise<void>;
  /** Waits until a server that was started again follows the new primary. */
  rejoined(): Promise<void>;
};

/** Why there can be no Sentinel here; null if it can be tried. */
export function sentinelHindrance(): string | null {
  const binary = findRedis(process.env['PATH'] ?? '');
  if (binary === null) return 'neither redis-server nor valkey-server is installed';
  return spawnSync(binary, ['--version']).status === 0 ? null : `${binary} does not run`;
}

export async function startSentinels(bench: Bench): Promise<Readonly<Record<Name, WatchedPair>>> {
  const ports = await Promise.all(Array.from({ length: sentinels }, freePort));
  const pairs = {
    edge: await startPair(bench, 'edge', ports),
    control: await startPair(bench, 'control', ports),
  };
  for (const port of ports) startSentinel(bench, port, pairs);
  for (const port of ports) await untilWatching(bench, port);
  return pairs;
}

async function startPair(bench: Bench, name: Name, ports: readonly number[]): Promise<WatchedPair> {
  const primary = await startServer(bench, name, 'one', null);
  const replica = await startServer(bench, name, 'two', primary.port);
  await until(async () => (await replica.admin.info('replication')).includes('master_link_status:up'), 'replica');
  const [first = 0] = ports;
  const sentinel = connectRedis(`redis://127.0.0.1:${first}`, createLogger('bench', 'silent'));
  bench.cleanup.add(() => sentinel.disconnect());
  return {
    primary,
    replica,
    urlFor: (user) =>
      `redis://${user}:${passwordOf(user)}@${ports.map((port) => `127.0.0.1:${port}`).join(',')}?sentinel=${name}`,
    async separate() {
      await primary.admin.call('ACL', 'SETUSER', 'replication', 'off');
      await primary.admin.call('CLIENT', 'KILL', 'TYPE', 'replica');
    },
    failedOver: () =>
      until(async () => {
        const address = (await sentinel.call('SENTINEL', 'get-master-addr-by-name', name)) as string[];
        return address[1] === String(replica.port);
      }, 'new primary'),
    rejoined: () =>
      until(async () => {
        const text = await primary.admin.info('replication');
        return text.includes('role:slave') && text.includes('master_link_status:up');
      }, 'replica after the failover'),
  };
}

async function startServer(
  bench: Bench,
  name: Name,
  which: string,
  primaryPort: number | null,
): Promise<WatchedServer> {
  const port = await freePort();
  const directory = join(bench.directory, `redis-${name}-${which}`);
  mkdirSync(directory, { mode: 0o700 });
  // Beside its configuration, as on an operator's machine.
  copyFileSync(join(shipped, `${name}.conf`), join(directory, `${name}.conf`));
  const users = join(directory, 'users.acl');
  const admin = { name: 'admin', password: passwordOf('admin'), rules: ['~*', '&*', '+@all'] };
  writeFileSync(
    users,
    redisUserFile(redisServers[name].users, passwordOf, admin) + withPasswords('failover-users.acl'),
  );
  const file = join(directory, 'redis.conf');
  const lines = [
    `include ${join(directory, `${name}.conf`)}`,
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${directory}`,
    `aclfile ${users}`,
    'masteruser replication',
    `masterauth ${passwordOf('replication')}`,
    ...(primaryPort === null ? [] : [`replicaof 127.0.0.1 ${primaryPort}`]),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  let child: ChildProcess | undefined;
  const start = (): void => {
    child = spawnRedis(bench, [file], directory);
  };
  start();
  const connection = connectRedis(
    `redis://admin:${passwordOf('admin')}@127.0.0.1:${port}`,
    createLogger('bench', 'silent'),
  );
  bench.cleanup.add(() => connection.disconnect());
  if (!(await redisReady(connection, readyMsMax))) throw new Error(`Redis did not start: ${directory}`);
  return { port, directory, admin: connection, start, kill: () => void child?.kill('SIGKILL') };
}

function startSentinel(bench: Bench, port: number, pairs: Readonly<Record<Name, WatchedPair>>): void {
  const directory = join(bench.directory, `sentinel-${port}`);
  mkdirSync(directory);
  const words: Readonly<Record<string, string>> = {
    SENTINEL_HOST: '127.0.0.1',
    SENTINEL_PORT: String(port),
    SENTINEL_DIRECTORY: directory,
    EDGE_HOST: '127.0.0.1',
    EDGE_PORT: String(pairs.edge.primary.port),
    CONTROL_HOST: '127.0.0.1',
    CONTROL_PORT: String(pairs.control.primary.port),
  };
  const text = withPasswords('sentinel.conf').replace(/\b[A-Z]+_[A-Z]+\b/g, (word) => words[word] ?? word);
  const file = join(directory, 'sentinel.conf');
  writeFileSync(file, text);
  spawnRedis(bench, [file, '--sentinel'], directory);
}

/** A shipped file with the passwords of its users. */
const withPasswords = (file: string): string =>
  readFileSync(join(shipped, file), 'utf8').replace(/\b([A-Z]+)_PASSWORD\b/g, (_, user: string) =>
    passwordOf(user.toLowerCase()),
  );

function spawnRedis(bench: Bench, words: readonly string[], directory: string): ChildProcess {
  const binary = findRedis(process.env['PATH'] ?? '') ?? '';
  return spawnServer(bench, [binary, ...words], { directory, logFile: join(directory, 'log') });
}

/** Until a Sentinel knows the replica and the other Sentinels of both. */
async function untilWatching(bench: Bench, port: number): Promise<void> {
  const redis = connectRedis(`redis://127.0.0.1:${port}`, createLogger('bench', 'silent'));
  bench.cleanup.add(() => redis.disconnect());
  await until(async () => {
    const counts = await Promise.all(
      names.flatMap((name) => [redis.call('SENTINEL', 'replicas', name), redis.call('SENTINEL', 'sentinels', name)]),
    );
    return counts.every((list, index) => (list as unknown[]).length === (index % 2 === 0 ? 1 : sentinels - 1));
  }, 'Sentinel that knows all');
}

async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + readyMsMax;
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`There was no ${what} in time.`);
    await pause(askMs);
  }
}
