// The wall in Redis: each edge service has the rights for its own job, and none for the jobs of others.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { funnelKey, textCodesKey } from '../../src/protocol/funnel-counts.ts';
import { reportKey, reportsKey } from '../../src/protocol/provider-health.ts';
import { readReports } from '../../src/platform/health/health-reports.ts';
import { publicationVersionsKey } from '../../src/protocol/current-elections.ts';
import { publicationsKey } from '../../src/protocol/public-document.ts';
import { healthKey } from '../../src/protocol/control/system-api.ts';
import { createSenderFold, textsChannel, textsKey } from '../../src/protocol/verification-events.ts';

const id = randomUUID();
const [senderKey = ''] = createSenderFold(1_000).keysOf(id, 0);
const services = ['api', 'sms', 'elections'] as const;
type Service = (typeof services)[number];
type Act = (redis: Redis) => Promise<unknown>;

/** Each action with the services that may do it. All others must be rejected. No action affects another test. */
const acts: [string, readonly Service[], Act][] = [
  ['read what is published', ['api', 'elections'], (redis) => redis.hget(publicationsKey, id)],
  ['publish', ['elections'], (redis) => redis.hset(publicationsKey, id, '{}')],
  ['read which version is published', ['api', 'elections'], (redis) => redis.hget(publicationVersionsKey, id)],
  ['publish a version', ['elections'], (redis) => redis.hset(publicationVersionsKey, id, 'v')],
  ['withdraw a version', ['elections'], (redis) => redis.hdel(publicationVersionsKey, id)],
  ['see whether others publish meanwhile', ['elections'], (redis) => redis.watch(publicationsKey)],
  ['withdraw what is published', ['elections'], (redis) => redis.hdel(publicationsKey, id)],
  ['read that a phone was verified', ['api'], (redis) => redis.hgetall(textsKey(id))],
  ['note that a phone was verified', ['sms'], (redis) => redis.hset(textsKey(id), 'field', 'value')],
  ['remove the text of a ballot that was cast', ['api'], (redis) => redis.hdel(textsKey(id), 'field')],
  ['remove all texts of a phone', ['sms'], (redis) => redis.del(textsKey(id))],
  ['read who sent a code', ['api', 'sms'], (redis) => redis.hget(senderKey, id)],
  ['note who sent a code', ['sms'], (redis) => redis.hset(senderKey, id, 'value')],
  ['announce a text', ['sms'], (redis) => redis.publish(textsChannel, 'not an event')],
  ['hear of texts', ['api'], (redis) => redis.subscribe(textsChannel)],
  ['limit sessions', ['api'], (redis) => redis.incrby(`limits:api:${id}`, 1)],
  ['limit sessions of a phone', ['api'], (redis) => redis.hincrby(`limits:api:phone:${id}`, 'field', 1)],
  ['add to the sums of a funnel', ['api'], (redis) => redis.hincrby(funnelKey(id), 'started', 1)],
  ['let a funnel expire', ['api'], (redis) => redis.expire(funnelKey(id), 60)],
  ['read a funnel', ['elections'], (redis) => redis.hmget(funnelKey(id), 'started')],
  ['write a funnel again', [], (redis) => redis.hset(funnelKey(id), 'started', 1)],
  ['add to the codes that were asked for', ['api'], (redis) => redis.incrby(textCodesKey('asked', 1), 1)],
  ['add to the codes that were made', ['sms'], (redis) => redis.incrby(textCodesKey('made', 1), 1)],
  ['let the codes that were made expire', ['sms'], (redis) => redis.expire(textCodesKey('made', 1), 60)],
  ['read the codes of both', ['elections'], (redis) => redis.mget(textCodesKey('asked', 1), textCodesKey('made', 1))],
  ['write the codes that were made again', [], (redis) => redis.set(textCodesKey('made', 1), 1)],
  ['remove a funnel', [], (redis) => redis.del(funnelKey(id))],
  ['tell how providers fare', ['sms'], (redis) => redis.set(reportKey(id), '{}')],
  ['be named among who tells it', ['sms'], (redis) => redis.zadd(reportsKey, 0, id)],
  ['find who tells it', ['elections'], (redis) => redis.zrevrange(reportsKey, 0, 0)],
  ['read how providers fare', ['elections'], (redis) => redis.getrange(reportKey(id), 0, 0)],
  ['say how api is', ['api'], (redis) => redis.hset(healthKey('api'), id, '{}')],
  ['say how sms is', ['sms'], (redis) => redis.hset(healthKey('sms'), id, '{}')],
  ['read whatever sms says', ['sms'], (redis) => redis.hgetall(healthKey('sms'))],
  ['see how all are, in bounded amounts', ['elections'], (redis) => readReports(redis, 'api')],
  ['list all keys', [], (redis) => redis.keys('*')],
  ['empty the server', [], (redis) => redis.flushall()],
  ['read its configuration', [], (redis) => redis.config('GET', '*')],
  ['read its users', [], (redis) => redis.acl('LIST')],
  ['watch all commands', [], (redis) => redis.call('MONITOR')],
];

const connections = new Map<Service, Redis>();
beforeAll(() => {
  for (const name of services) connections.set(name, new Redis(inject('redisUrls')[name] ?? ''));
});
afterAll(async () => {
  for (const redis of connections.values()) redis.disconnect();
  const admin = new Redis(inject('redisUrls')['admin'] ?? '');
  await admin.hdel(publicationsKey, id);
  for (const service of ['api', 'sms'] as const) await admin.hdel(healthKey(service), id);
  await admin.del(textsKey(id), senderKey, `limits:api:${id}`, `limits:api:phone:${id}`, funnelKey(id), reportKey(id));
  await admin.del(textCodesKey('asked', 1), textCodesKey('made', 1));
  await admin.zrem(reportsKey, id);
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
