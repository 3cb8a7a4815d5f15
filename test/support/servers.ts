// The run's own PostgreSQL and Redis: real ones, on free ports, in a temporary folder, ended with the run. Durability is
// off here because only faults of a machine need it; the power-cut and kill tests start servers of their own.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../src/local/postgres.ts';
import { startRedis } from '../../src/local/redis.ts';
import { edgeUsers } from '../../src/protocol/redis-users.ts';
import { freePort } from './ports.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    postgresLog: string;
    redisUrls: Record<string, string>;
    redisLog: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-test-'));
  // The database's account must be able to enter: see startPostgres.
  chmodSync(directory, 0o755);
  const [postgresLog, redisLog] = [join(directory, 'postgres.log'), join(directory, 'redis.log')];
  const postgres = await startPostgres({
    directory: join(directory, 'postgres'),
    port: await freePort(),
    password: 'test',
    logFile: postgresLog,
    settings: { fsync: 'off', synchronous_commit: 'on', max_connections: '200' },
  });
  const names = ['admin', ...edgeUsers.map(({ name }) => name)];
  const redis = await startRedis({
    directory: join(directory, 'redis'),
    port: await freePort(),
    users: edgeUsers,
    passwords: Object.fromEntries(names.map((name) => [name, `${name}-password`])),
    logFile: redisLog,
    keepData: false,
    searchPath: process.env['PATH'] ?? '',
    say: (line) => process.stdout.write(`${line}\n`),
  });
  project.provide('postgresUrl', postgres.superuserUrl('postgres'));
  project.provide('postgresLog', postgresLog);
  project.provide('redisUrls', Object.fromEntries(names.map((name) => [name, redis.url(name)])));
  project.provide('redisLog', redisLog);
  return async () => {
    await redis.stop();
    await postgres.stop();
    rmSync(postgres.directory, { recursive: true, force: true });
    rmSync(directory, { recursive: true, force: true });
  };
}
