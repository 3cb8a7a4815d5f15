// The run's own PostgreSQL and Redis: real ones, on free ports, in a temporary folder, ended with the run. Their settings
// and users are those that ship.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../src/local/postgres.ts';
import { startRedis } from '../../src/local/redis.ts';
import { redisServers } from '../../src/local/redis-settings.ts';
import type { RedisServer } from '../../src/local/redis-settings.ts';
import { freePort } from './processes/ports.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    postgresLog: string;
    redisUrls: Record<string, string>;
    redisLog: string;
    controlRedisUrls: Record<string, string>;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-test-'));
  // The database's account must be able to enter: see startPostgres.
  chmodSync(directory, 0o755);
  const postgresLog = join(directory, 'postgres.log');
  const redisLog = join(directory, 'redis.log');
  const postgres = await startPostgres({
    directory: join(directory, 'postgres'),
    port: await freePort(),
    password: 'test',
    logFile: postgresLog,
  });
  const edge = await startTestRedis(join(directory, 'redis'), redisServers.edge, redisLog);
  const control = await startTestRedis(
    join(directory, 'control-redis'),
    redisServers.control,
    join(directory, 'control-redis.log'),
  );
  project.provide('postgresUrl', postgres.superuserUrl('postgres'));
  project.provide('postgresLog', postgresLog);
  project.provide('redisUrls', edge.urls);
  project.provide('controlRedisUrls', control.urls);
  project.provide('redisLog', redisLog);
  return async () => {
    await Promise.all([edge.redis.stop(), control.redis.stop()]);
    await postgres.stop();
    rmSync(postgres.directory, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
  };
}

/** A Redis with the users of a zone; the password of each, and of `admin`, is known. */
export async function startTestRedis(directory: string, server: RedisServer, logFile: string) {
  const names = ['admin', ...server.users.map(({ name }) => name)];
  const redis = await startRedis({
    directory,
    server,
    logFile,
    port: await freePort(),
    passwords: Object.fromEntries(names.map((name) => [name, `${name}-password`])),
    searchPath: process.env['PATH'] ?? '',
    say: (line) => process.stdout.write(`${line}\n`),
  });
  return { redis, urls: Object.fromEntries(names.map((name) => [name, redis.url(name)])) };
}
