// Whether the Redis of this machine keeps what it confirmed: a server of its own, with the settings and users that ship,
// is written to, restarted and read. The running servers are not touched.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSecret } from '../platform/keys/new-keys.ts';
import { createLogger } from '../platform/logger.ts';
import { connectRedis, redisReady } from '../platform/redis.ts';
import type { Redis } from '../platform/redis.ts';
import { claimPorts } from './ports.ts';
import { findRedis, startRedis } from './redis.ts';
import type { LocalRedis, RedisOptions } from './redis.ts';
import { redisServers } from './redis-settings.ts';

/** Longest wait for the probe's connection, in milliseconds. */
const readyMsMax = 10_000;
const script = `redis.call('SET', KEYS[1], ARGV[1]) redis.call('SET', KEYS[2], ARGV[1]) return 1`;

export type RedisProbe =
  | { readonly outcome: 'kept'; readonly binary: string }
  | { readonly outcome: 'lost' | 'failed'; readonly binary: string; readonly reason: string }
  | { readonly outcome: 'absent' };

/** Searches the program in these folders. Never rejects. */
export async function probeRedis(searchPath: string): Promise<RedisProbe> {
  const binary = findRedis(searchPath);
  if (binary === null) return { outcome: 'absent' };
  const directory = mkdtempSync(join(tmpdir(), 'popvote-probe-'));
  const { control: server } = redisServers;
  const names = ['admin', ...server.users.map(({ name }) => name)];
  try {
    const options: RedisOptions = {
      directory,
      server,
      port: (await claimPorts({ probe: { variable: 'probe', host: '127.0.0.1', port: 0 } })).probe,
      passwords: Object.fromEntries(names.map((name) => [name, newSecret()])),
      logFile: join(directory, 'redis.log'),
      searchPath,
      say: () => undefined,
    };
    const losses = await writeRestartRead(options);
    return losses.length === 0
      ? { outcome: 'kept', binary }
      : { outcome: 'lost', binary, reason: `lost after a restart: ${losses.join(', ')}` };
  } catch (error) {
    return { outcome: 'failed', binary, reason: error instanceof Error ? error.message : 'unknown' };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Returns which writes are missing. */
async function writeRestartRead(options: RedisOptions): Promise<readonly string[]> {
  // Ended in order, and killed.
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const server = await startRedis(options);
    try {
      await as(server, 'worker', async (worker) => {
        await worker.multi().set('batch:transaction-1', signal).set('batch:transaction-2', signal).exec();
        await worker.eval(script, 2, 'batch:script-1', 'batch:script-2', signal);
        await worker.set('batch:single', signal);
      });
    } finally {
      process.kill(server.pid, signal);
      await server.ended;
    }
    const again = await startRedis(options);
    try {
      const names = ['transaction-1', 'transaction-2', 'script-1', 'script-2', 'single'];
      const values = await as(again, 'admin', (admin) => admin.mget(names.map((name) => `batch:${name}`)));
      const losses = names.filter((_, index) => values[index] !== signal);
      if (losses.length > 0) return losses;
    } finally {
      await again.stop();
    }
  }
  return [];
}

async function as<Result>(server: LocalRedis, user: string, work: (redis: Redis) => Promise<Result>): Promise<Result> {
  const redis = connectRedis(server.url(user), createLogger('probe', 'silent'));
  try {
    await redisReady(redis, readyMsMax);
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
