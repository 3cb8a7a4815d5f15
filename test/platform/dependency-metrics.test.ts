// How commands of Redis and waits for connections to PostgreSQL end, as Prometheus reads it.
import { afterAll, expect, inject, test } from 'vitest';
import { createMetrics } from '../../src/platform/metrics.ts';
import type { Metrics } from '../../src/platform/metrics.ts';
import { watchPools } from '../../src/platform/pool-metrics.ts';
import { watchRedis } from '../../src/platform/redis-metrics.ts';
import { connectRedis, createScript, redisReady } from '../../src/platform/redis.ts';
import type { Redis } from '../../src/platform/redis.ts';
import { certainRows } from '../../src/store/certain-query.ts';
import { openPool } from '../../src/store/database.ts';
import { createLogProbe } from '../support/log.ts';
import { freePort } from '../support/processes/ports.ts';

const key = 'dependency-metrics';
const connections: Redis[] = [];
const open = (url: string): Redis => {
  const redis = connectRedis(url, createLogProbe('redis').logger);
  connections.push(redis);
  return redis;
};
afterAll(() => connections.forEach((redis) => redis.disconnect()));

/** How often each outcome was observed, by the value of another label. */
async function countsOf(metrics: Metrics, name: string, label: string): Promise<Record<string, number>> {
  const lines = (await metrics.metrics()).matchAll(new RegExp(`^${name}_count\\{([^}]*)\\} (\\d+)$`, 'gm'));
  const valueOf = (labels: string, of: string): string => new RegExp(`${of}="([^"]*)"`).exec(labels)?.[1] ?? '';
  return Object.fromEntries(
    [...lines].map(([, labels = '', count]) => [
      `${valueOf(labels, label)} ${valueOf(labels, 'outcome')}`,
      Number(count),
    ]),
  );
}

test('Commands of Redis are counted by how they end, alone, in a transaction and in a script', async () => {
  const there = open(inject('redisUrls')['admin'] ?? '');
  const nowhere = open(`redis://127.0.0.1:${await freePort()}`);
  expect(await redisReady(there, 10_000)).toBe(true);
  const metrics = createMetrics('sms');
  watchRedis(metrics, { there, nowhere });
  await there.set(key, 'x');
  // Two commands, and those that begin and end them.
  await there.multi().get(key).get(key).exec();
  await expect(there.lpush(key, 'y')).rejects.toThrow('WRONGTYPE');
  // The server does not have the script yet: it is asked by the hash, and then by the text.
  const script = createScript(there, `return redis.call('DEL', KEYS[1]) + 0 * ${performance.now()}`, 'writes');
  expect(await script([key], [])).toBe(1);
  await expect(nowhere.get(key)).rejects.toThrow();
  expect(await countsOf(metrics, 'popvote_redis_command_seconds', 'connection')).toEqual({
    'there answered': 7,
    'there refused': 1,
    'there no-answer': 0,
    'nowhere answered': 0,
    'nowhere refused': 0,
    'nowhere no-answer': 1,
  });
});

test('Waits for a connection to PostgreSQL are counted by how they end', async () => {
  const there = openPool(inject('postgresUrl'), { connectionsMax: 1, name: key });
  const nowhere = openPool(`postgres://x:x@127.0.0.1:${await freePort()}/x`, { connectionsMax: 1, name: key });
  const metrics = createMetrics('access');
  watchPools(metrics, { there, nowhere });
  await there.query('select 1');
  expect(await certainRows(there, { text: 'select 2 as two' })).toEqual([{ two: 2 }]);
  const holder = await there.connect();
  const late = there.query('select 3');
  await expect(late).rejects.toThrow('timeout exceeded');
  holder.release();
  await expect(nowhere.query('select 1')).rejects.toThrow('ECONNREFUSED');
  await expect(nowhere.connect()).rejects.toThrow('ECONNREFUSED');
  expect(await countsOf(metrics, 'popvote_pool_wait_seconds', 'pool')).toEqual({
    'there given': 3,
    'there failed': 1,
    'nowhere given': 0,
    'nowhere failed': 2,
  });
  const sum = /^popvote_pool_wait_seconds_sum\{.*pool="there",outcome="failed".*\} (\S+)$/m.exec(
    await metrics.metrics(),
  );
  // The longest wait of the pool, which a timer may end a moment early.
  expect(Number(sum?.[1])).toBeGreaterThan(1.9);
  await Promise.all([there.end(), nowhere.end()]);
});
