// The wall in the control Redis: each service has the rights for its own job, and none for the jobs of others.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readReports } from '../../src/platform/health/health-reports.ts';
import { revocationsChannel, revokedKey } from '../../src/protocol/control/access-tokens.ts';
import {
  batchArrivingKey,
  batchChangesChannel,
  batchDeadKey,
  batchIndexKey,
  batchInvalidKey,
  batchQueueKey,
  batchViewKey,
  uploadKey,
} from '../../src/protocol/control/batch-entries.ts';
import { publicationsKey } from '../../src/protocol/public-document.ts';
import { healthKey } from '../../src/protocol/control/system-api.ts';

const id = randomUUID();
const services = ['access', 'elections', 'officials', 'worker'] as const;
type Service = (typeof services)[number];
type Act = (redis: Redis) => Promise<unknown>;

/** Each action with the services that may do it. All others must be rejected. No action affects another test. */
const acts: [string, readonly Service[], Act][] = [
  ['tell that a session ended', ['access'], (redis) => redis.set(revokedKey(id), '1', 'EX', 1)],
  ['see whether a session ended', ['elections', 'officials'], (redis) => redis.mget(revokedKey(id))],
  ['announce that a session ended', ['access'], (redis) => redis.publish(revocationsChannel, 'nothing')],
  ['read what is published', ['elections', 'officials'], (redis) => redis.hget(publicationsKey, id)],
  ['publish', ['elections'], (redis) => redis.hset(publicationsKey, id, '{}')],
  ['add to an upload', ['officials', 'worker'], (redis) => redis.xadd(uploadKey(id), '*', 'a', 'b')],
  [
    'see what waits in the queue',
    ['elections', 'officials', 'worker'],
    (redis) => redis.xrange(batchQueueKey, '-', '+'),
  ],
  ['see what is on its way', ['elections', 'officials'], (redis) => redis.zrange(batchArrivingKey, 0, '1')],
  ['read what was uploaded', ['officials', 'worker'], (redis) => redis.xrange(uploadKey(id), '-', '+')],
  ['take an upload from the queue', ['worker'], (redis) => redis.xdel(batchQueueKey, '0-1')],
  ['be one who takes from the queue', ['worker'], (redis) => redis.xpending(uploadKey(id), 'x').catch(noGroup)],
  ['read the queue as one who takes from it', ['worker'], readAsGroup],
  ['change an entry of an upload', ['worker'], (redis) => redis.xtrim(uploadKey(id), 'MAXLEN', 100)],
  ['set something apart', ['worker'], (redis) => redis.xadd(batchDeadKey, 'NOMKSTREAM', '*', 'a', 'b')],
  [
    'say how far a batch is',
    ['elections', 'officials', 'worker'],
    (redis) => redis.set(batchViewKey(id), '{}', 'EX', 1),
  ],
  ['put a batch into a list', ['officials', 'worker'], (redis) => redis.zadd(batchIndexKey(id, null), 1, id)],
  ['read rows that do not count', ['officials'], (redis) => redis.zrange(batchInvalidKey(id), 0, '1')],
  ['write rows that do not count', ['worker'], (redis) => redis.zadd(batchInvalidKey(id), 1, '{}')],
  ['tell of a change', ['worker'], (redis) => redis.publish(batchChangesChannel, id)],
  ['hear of changes', ['officials'], (redis) => redis.subscribe(batchChangesChannel)],
  ['wait for a list', [], (redis) => redis.blpop(uploadKey(id), 0.01)],
  ['wait for a stream', [], (redis) => redis.xread('BLOCK', 1, 'STREAMS', uploadKey(id), '$')],
  ...services.map((service): [string, readonly Service[], Act] => [
    `say how ${service} is`,
    [service],
    (redis) => redis.hset(healthKey(service), id, '{}'),
  ]),
  ['read whatever officials says', ['officials'], (redis) => redis.hgetall(healthKey('officials'))],
  ['see how all are, in bounded amounts', ['elections'], (redis) => readReports(redis, 'worker')],
  ['list all keys', [], (redis) => redis.keys('*')],
  ['empty the server', [], (redis) => redis.flushall()],
  ['read its configuration', [], (redis) => redis.config('GET', '*')],
  ['read its users', [], (redis) => redis.acl('LIST')],
  ['read the rights of a user', [], (redis) => redis.acl('GETUSER', 'default')],
  ['ask what the default user may do', services, (redis) => redis.call('ACL', 'DRYRUN', 'default', 'EXEC')],
  ['watch all commands', [], (redis) => redis.call('MONITOR')],
];

const noGroup = (error: Error): unknown => (error.message.startsWith('NOGROUP') ? undefined : Promise.reject(error));
function readAsGroup(redis: Redis): Promise<unknown> {
  return redis.xreadgroup('GROUP', 'x', 'y', 'COUNT', 1, 'STREAMS', uploadKey(id), '>').catch(noGroup);
}

const connections = new Map<Service, Redis>();
beforeAll(() => {
  for (const name of services) connections.set(name, new Redis(inject('controlRedisUrls')[name] ?? ''));
});
afterAll(async () => {
  for (const redis of connections.values()) redis.disconnect();
  const admin = new Redis(inject('controlRedisUrls')['admin'] ?? '');
  await admin.hdel(publicationsKey, id);
  for (const service of services) await admin.hdel(healthKey(service), id);
  await admin.del(uploadKey(id), batchInvalidKey(id), batchViewKey(id), batchIndexKey(id, null));
  admin.disconnect();
});

describe.each(acts)('The Redis rights on %s', (_what, admitted, act) => {
  test.each(services)('%s is admitted or rejected by its job', async (service) => {
    const redis = connections.get(service)!.duplicate();
    try {
      const attempt = act(redis);
      if (admitted.includes(service)) await expect(attempt).resolves.not.toThrow();
      else await expect(attempt).rejects.toThrow(/NOPERM/);
    } finally {
      redis.disconnect();
    }
  });
});
