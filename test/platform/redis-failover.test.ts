// A Redis with a replica: connections leave a server that became a replica, and follow what sentinels say.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { redisServers } from '../../src/local/redis-settings.ts';
import { startRedis } from '../../src/local/redis.ts';
import type { LocalRedis } from '../../src/local/redis.ts';
import { connectRedis, redisReady } from '../../src/platform/redis.ts';
import type { Redis } from '../../src/platform/redis.ts';
import { createLogProbe } from '../support/log.ts';
import { endProcess } from '../support/processes/child-process.ts';
import { freePort } from '../support/processes/ports.ts';
import { until } from '../support/until.ts';

const cleanups: (() => unknown)[] = [];
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'popvote-redis-'));
});
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
  rmSync(directory, { recursive: true, force: true });
});

/**
 * A Sentinel that was kept waiting for two seconds does nothing for thirty. A replica that was without its primary for ten
 * times this time longer than Sentinel saw it is never chosen.
 */
const downAfterMs = 3_500;

type Server = { readonly redis: LocalRedis; readonly port: number; readonly admin: Redis };

function open(url: string): Redis {
  const redis = connectRedis(url, createLogProbe('redis').logger);
  cleanups.push(() => redis.disconnect());
  return redis;
}

async function startServer(name: string): Promise<Server> {
  const port = await freePort();
  const own = join(directory, name);
  mkdirSync(own);
  const redis = await startRedis({
    directory: own,
    port,
    server: redisServers.edge,
    passwords: { admin: 'admin' },
    logFile: join(directory, `${name}.log`),
    searchPath: process.env['PATH'] ?? '',
    say: () => undefined,
  });
  cleanups.push(() => redis.stop(AbortSignal.abort()));
  const admin = open(`redis://admin:admin@127.0.0.1:${port}`);
  await redisReady(admin, 5_000);
  await admin.config('SET', 'masteruser', 'admin');
  await admin.config('SET', 'masterauth', 'admin');
  return { redis, port, admin };
}

async function follow(replica: Server, primary: Server): Promise<void> {
  await replica.admin.call('REPLICAOF', '127.0.0.1', String(primary.port));
  await until(async () => (await replica.admin.info('replication')).includes('master_link_status:up'), 'a replica');
}

/** One address for two servers, as a balancer or a name in DNS is: existing connections stay where they are. */
async function startSwitch(first: number): Promise<{ readonly port: number; to(port: number): void }> {
  let target = first;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, upstream].forEach((each) => each.destroy()));
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, to: (port) => (target = port) };
}

test('A connection to a server that became a replica is made again, and reaches the new primary', async () => {
  const [one, two] = await Promise.all([startServer('one'), startServer('two')]);
  await follow(two, one);
  const address = await startSwitch(one.port);
  const redis = open(`redis://admin:admin@127.0.0.1:${address.port}`);
  await redisReady(redis, 5_000);
  await redis.set('key', 'before');
  address.to(two.port);
  await two.admin.call('REPLICAOF', 'NO', 'ONE');
  await follow(one, two);
  // Its connection is still open to the first one.
  await expect(redis.set('key', 'refused')).rejects.toThrow('READONLY');
  await until(async () => (await redis.set('key', 'after').catch(() => null)) === 'OK', 'a write');
  expect(await two.admin.get('key')).toBe('after');
});

test(
  'A list of sentinels leads to the primary, and to the next one when it has ended',
  { timeout: 120_000 },
  async () => {
    const [one, two] = await Promise.all([startServer('one'), startServer('two')]);
    await follow(two, one);
    const port = await freePort();
    const file = join(directory, 'sentinel.conf');
    writeFileSync(
      file,
      [
        `port ${port}`,
        'bind 127.0.0.1',
        `dir ${directory}`,
        `sentinel monitor votes 127.0.0.1 ${one.port} 1`,
        'sentinel auth-user votes admin',
        'sentinel auth-pass votes admin',
        `sentinel down-after-milliseconds votes ${downAfterMs}`,
        'sentinel failover-timeout votes 3000',
        '',
      ].join('\n'),
    );
    const child = spawn(one.redis.binary, [file, '--sentinel'], { stdio: 'ignore' });
    cleanups.push(() => endProcess(child, 'SIGKILL'));
    const redis = open(`redis://admin:admin@127.0.0.1:${await freePort()},127.0.0.1:${port}?sentinel=votes`);
    await until(async () => (await redis.set('key', 'before').catch(() => null)) === 'OK', 'a first write');
    expect(await one.admin.get('key')).toBe('before');
    // The sentinel must have learnt of the replica.
    const sentinel = connectRedis(`redis://127.0.0.1:${port}`, createLogProbe('sentinel').logger);
    cleanups.push(() => sentinel.disconnect());
    await redisReady(sentinel, 5_000);
    // Redis from 7.0. Before it the pause after a wait is half a minute.
    await sentinel.call('SENTINEL', 'DEBUG', 'TILT-PERIOD', '500').catch(() => undefined);
    await until(async () => {
      const replicas = (await sentinel.call('SENTINEL', 'replicas', 'votes')) as unknown[];
      return replicas.length === 1;
    }, 'the replica in the sentinel');
    await one.redis.stop(AbortSignal.abort());
    await until(
      async () => (await redis.set('key', 'after').catch(() => null)) === 'OK',
      'a write after the failover',
      45_000,
    );
    expect(await two.admin.get('key')).toBe('after');
  },
);
