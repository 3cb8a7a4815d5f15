// The control zone of a bench: a Redis that syncs each write, and `access`, `officials` and `worker` as built processes,
// each with its own environment, and an official who is logged in.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { redisServers } from '../../src/local/redis-settings.ts';
import { startRedis } from '../../src/local/redis.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { newKeyFiles } from '../../src/platform/keys/new-keys.ts';
import type { KeyFiles } from '../../src/platform/keys/new-keys.ts';
import { connectRedis, redisReady } from '../../src/platform/redis.ts';
import type { Redis } from '../../src/platform/redis.ts';
import { controlUsers } from '../../src/protocol/redis-users.ts';
import { invited, newAdministrator } from '../../test/support/control.ts';
import type { Person } from '../../test/support/control.ts';
import { freePort } from '../../test/support/processes/ports.ts';
import { startServices } from './child.ts';
import type { Bench } from './run.ts';
import type { BenchDatabases } from './servers.ts';

export type BenchControl = {
  readonly keys: KeyFiles;
  /** As the user who may do all. */
  readonly redis: Redis;
  readonly origins: { readonly access: string; readonly officials: string };
  readonly pids: Readonly<Record<'access' | 'officials' | 'worker' | 'redis', number>>;
  readonly official: Person;
};

/** Needs the databases `access` and `box`. */
export async function startControl(bench: Bench, servers: BenchDatabases): Promise<BenchControl> {
  const keys = newKeyFiles();
  const directory = join(bench.directory, 'control');
  mkdirSync(directory, { mode: 0o700 });
  for (const [name, value] of Object.entries(keys)) {
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(value), { mode: 0o600 });
  }
  const names = ['admin', ...controlUsers.map(({ name }) => name)];
  const redis = await startRedis({
    directory: join(directory, 'redis'),
    port: await freePort(),
    server: redisServers.control,
    logFile: join(directory, 'redis.log'),
    searchPath: process.env['PATH'] ?? '',
    passwords: Object.fromEntries(names.map((name) => [name, `${name}-password`])),
    say: bench.say,
  });
  bench.cleanup.add(() => redis.stop());
  const admin = connectRedis(redis.url('admin'), createLogger('bench', 'silent'));
  bench.cleanup.add(() => admin.disconnect());
  await redisReady(admin, 5_000);
  const start = async (name: string, environment: Record<string, string>) => {
    const common = { PUBLIC_KEYS_FILE: join(directory, 'public.json'), CONTROL_REDIS_URL: redis.url(name) };
    const child = await startServices(bench, [name], { ...common, ...environment }, join(directory, `${name}.log`));
    return { pid: child.pid, addresses: child.started[0]?.addresses ?? {} };
  };
  const keyFile = (name: string): string => join(directory, `${name}.json`);
  const access = await start('access', {
    ACCESS_KEYS_FILE: keyFile('access'),
    ACCESS_PORT: '0',
    ACCESS_PRIVATE_PORT: '0',
    ACCESS_DATABASE_URL: servers.url('access', 'popvote_access'),
  });
  const officials = await start('officials', {
    OFFICIALS_KEYS_FILE: keyFile('officials'),
    OFFICIALS_PORT: '0',
    OFFICIALS_PRIVATE_PORT: '0',
    ACCESS_ORIGIN: access.addresses['access'] ?? '',
    ACCESS_PRIVATE_ORIGIN: access.addresses['private'] ?? '',
    OFFICIALS_SPOOL_DIRECTORY: directory,
  });
  const worker = await start('worker', {
    WORKER_PORT: '0',
    WORKER_BOX_DATABASE_URL: servers.url('box', 'popvote_worker'),
  });
  const origins = { access: access.addresses['access'] ?? '', officials: officials.addresses['officials'] ?? '' };
  const pids = { access: access.pid, officials: officials.pid, worker: worker.pid, redis: redis.pid };
  const everywhere = { ...origins, elections: '' };
  const administrator = await newAdministrator(everywhere, servers.url('access', 'popvote_access'));
  const official = await invited(everywhere, administrator, 'official');
  return { keys, redis: admin, origins, pids, official };
}
