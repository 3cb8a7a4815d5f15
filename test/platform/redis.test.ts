// Redis down, hung and back again: every command ends within its bound, and connections recover by themselves.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { redisServers } from '../../src/local/redis-settings.ts';
import { startRedis } from '../../src/local/redis.ts';
import type { LocalRedis } from '../../src/local/redis.ts';
import {
  commandMsMax,
  connectRedis,
  connectSubscriber,
  keepSubscribed,
  reconnectMsMax,
  redisReady,
  silenceMsMax,
} from '../../src/platform/redis.ts';
import type { Redis } from '../../src/platform/redis.ts';
import { createLogProbe } from '../support/log.ts';
import { freePort } from '../support/processes/ports.ts';
import { startProxy } from '../support/processes/proxy.ts';
import { until } from '../support/until.ts';

/** Without waiting for anything: well below the bound of a command. */
const atOnceMs = commandMsMax / 2;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A Redis of the test's own, which it may stop, hang and start again on the same port. */
async function ownRedis(): Promise<{ url: string; start(): Promise<LocalRedis> }> {
  const directory = mkdtempSync(join(tmpdir(), 'popvote-redis-'));
  cleanups.push(() => rmSync(directory, { recursive: true, force: true }));
  const port = await freePort();
  const options = {
    directory,
    port,
    server: redisServers.edge,
    passwords: { admin: 'admin' },
    logFile: join(directory, 'log'),
    searchPath: process.env['PATH'] ?? '',
    say: () => undefined,
  };
  return {
    url: `redis://admin:admin@127.0.0.1:${port}`,
    async start() {
      const redis = await startRedis(options);
      cleanups.push(() => redis.stop());
      return redis;
    },
  };
}

function connect(url: string, open: typeof connectSubscriber = connectRedis): { redis: Redis; log: () => string } {
  const probe = createLogProbe('redis');
  const redis = open(url, probe.logger);
  cleanups.push(() => redis.disconnect());
  return { redis, log: () => probe.text() };
}

async function msOf(work: () => Promise<unknown>): Promise<{ ms: number; failed: boolean }> {
  const started = performance.now();
  const failed = await work().then(
    () => false,
    () => true,
  );
  return { ms: performance.now() - started, failed };
}

test('While Redis was never there, a command fails at once', async () => {
  const { url } = await ownRedis();
  const { redis, log } = connect(url);
  const { ms, failed } = await msOf(() => redis.get('x'));
  expect(failed).toBe(true);
  expect(ms).toBeLessThan(atOnceMs);
  expect(await redisReady(redis, 300)).toBe(false);
  // Said once, however often the connection is tried; and never with the password.
  expect(log().match(/redis\.away/g)).toHaveLength(1);
  expect(log()).not.toContain('admin:admin');
});

test('While Redis is down the pauses between attempts to connect grow to a second, and no further', async () => {
  const { url } = await ownRedis();
  const { redis } = connect(url);
  const pauses: number[] = [];
  redis.on('reconnecting', (ms: number) => pauses.push(ms));
  const longest = vi.spyOn(Math, 'random').mockReturnValue(1);
  try {
    await until(() => pauses.length === 6, 'six attempts to connect');
  } finally {
    longest.mockRestore();
  }
  expect(pauses).toEqual([100, 200, 400, 800, reconnectMsMax, reconnectMsMax]);
  const { retryStrategy } = redis.options;
  for (const attempt of [1, 6, 1_000, 1_000_000]) {
    expect(retryStrategy?.(attempt)).toBeGreaterThanOrEqual(20);
    expect(retryStrategy?.(attempt)).toBeLessThanOrEqual(reconnectMsMax);
  }
});

test('When Redis stops, commands fail at once; when it is back, they work again by themselves', async () => {
  const { url, start } = await ownRedis();
  const first = await start();
  const { redis, log } = connect(url);
  expect(await redisReady(redis, 2_000)).toBe(true);
  await redis.set('x', '1');
  const closed = once(redis, 'close');
  await first.stop();
  await closed;
  for (let i = 0; i < 5; i += 1) {
    const { ms, failed } = await msOf(() => redis.get('x'));
    expect(failed).toBe(true);
    expect(ms).toBeLessThan(atOnceMs);
  }
  await start();
  expect(await redisReady(redis, 5_000)).toBe(true);
  expect(await redis.set('x', '2')).toBe('OK');
  expect(log().match(/redis\.away|redis\.back/g)).toEqual(['redis.away', 'redis.back']);
});

test('When Redis hangs with its connections open, a command still ends within its bound', async () => {
  const { url, start } = await ownRedis();
  const server = await start();
  const { redis } = connect(url);
  expect(await redisReady(redis, 2_000)).toBe(true);
  process.kill(server.pid, 'SIGSTOP');
  try {
    const { ms, failed } = await msOf(() => redis.get('x'));
    expect(failed).toBe(true);
    expect(ms).toBeLessThan(commandMsMax + 500);
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
  expect(await redis.set('x', '3')).toBe('OK');
});

test('A subscriber that lost its connection subscribes again', async () => {
  const { url, start } = await ownRedis();
  const first = await start();
  const { redis: subscriber } = connect(url, connectSubscriber);
  await new Promise<void>((resolve) => void keepSubscribed(subscriber, 'texts', resolve));
  const closed = once(subscriber, 'close');
  await first.stop();
  await closed;
  await start();
  const { redis: publisher } = connect(url);
  await redisReady(publisher, 5_000);
  const message = once(subscriber, 'message');
  // Published until a subscriber receives it. Messages without a subscriber are lost, as always.
  while ((await publisher.publish('texts', 'hello')) === 0) await once(subscriber, 'ready').catch(() => undefined);
  expect(await message).toEqual(['texts', 'hello']);
});

test('A subscription that is answered late ends no process, and takes place', async () => {
  const { url, start } = await ownRedis();
  await start();
  const port = Number(new URL(url).port);
  const proxy = await startProxy({ host: '127.0.0.1', port });
  cleanups.push(() => proxy.close());
  const { redis: subscriber } = connect(url.replace(`:${port}`, `:${proxy.port}`), connectSubscriber);
  await new Promise<void>((resolve) => void keepSubscribed(subscriber, 'texts', resolve));
  proxy.cut();
  await once(subscriber, 'ready');
  // The subscription is under way. An unhandled rejection would fail this run.
  proxy.silent(true);
  await pause(commandMsMax + 200);
  const message = once(subscriber, 'message');
  proxy.silent(false);
  const { redis: publisher } = connect(url);
  await redisReady(publisher, 5_000);
  await expect.poll(() => publisher.publish('texts', 'hello')).toBeGreaterThan(0);
  expect(await message).toEqual(['texts', 'hello']);
});

describe('A connection that the network lost without a word', () => {
  const throughProxy = async (open: typeof connectRedis) => {
    const { url, start } = await ownRedis();
    await start();
    const port = Number(new URL(url).port);
    const proxy = await startProxy({ host: '127.0.0.1', port });
    cleanups.push(() => proxy.close());
    return { url, proxy, ...connect(url.replace(`:${port}`, `:${proxy.port}`), open) };
  };

  test('A connection for commands is replaced after some seconds of silence', async () => {
    const { redis, proxy } = await throughProxy(connectRedis);
    await redisReady(redis, 5_000);
    proxy.halfClose('requests');
    await expect(redis.ping()).rejects.toThrow();
    await expect.poll(() => redis.ping().catch(() => 'silent'), { timeout: 2 * silenceMsMax }).toBe('PONG');
  });

  test('A connection that only subscribes is replaced, and receives messages again', async () => {
    const { url, redis: subscriber, proxy } = await throughProxy(connectSubscriber);
    const messages: string[] = [];
    subscriber.on('message', (_channel, text: string) => messages.push(text));
    await new Promise<void>((resolve) => void keepSubscribed(subscriber, 'texts', resolve));
    proxy.halfClose('requests');
    const { redis: publisher } = connect(url);
    await redisReady(publisher, 5_000);
    await expect
      .poll(
        async () => {
          await publisher.publish('texts', 'hello');
          return messages.length;
        },
        { timeout: 25_000 },
      )
      .toBeGreaterThan(0);
  });
});
