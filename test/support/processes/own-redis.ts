// A Redis of a test's own, for tests that stop it or cut its connections.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../../../src/local/redis.ts';
import { redisServers } from '../../../src/local/redis-settings.ts';
import type { RedisServer } from '../../../src/local/redis-settings.ts';
import { freePort } from './ports.ts';

export type OwnRedis = AsyncDisposable & {
  readonly url: (user: string) => string;
  readonly port: number;
  readonly directory: string;
  readonly pid: () => number;
  stop(): Promise<void>;
  again(): Promise<void>;
};

export async function startOwnRedis(server: RedisServer = redisServers.edge): Promise<OwnRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-api-'));
  const port = await freePort();
  const names = ['admin', ...server.users.map(({ name }) => name)];
  const start = () =>
    startRedis({
      directory,
      port,
      server,
      logFile: join(directory, 'log'),
      passwords: Object.fromEntries(names.map((name) => [name, `${name}-password`])),
      searchPath: process.env['PATH'] ?? '',
      say: () => undefined,
    });
  let running = await start();
  return {
    url: (user) => running.url(user),
    port,
    directory,
    pid: () => running.pid,
    stop: () => running.stop(),
    async again() {
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
