// Rate limits with a Redis, and each behaviour without one.
import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { hashKey } from '../../src/platform/keys/keyed-hash.ts';
import { newSecret } from '../../src/platform/keys/new-keys.ts';
import { createDailyNames, createRateLimit, takeAllOrThrow } from '../../src/platform/rate-limits.ts';
import type { WhenUnavailable } from '../../src/platform/rate-limits.ts';
import { connectRedis, redisReady } from '../../src/platform/redis.ts';
import { createLogProbe } from '../support/log.ts';

const { logger } = createLogProbe('sms');
const redis = connectRedis(inject('redisUrls')['sms']!, logger);
const nowhere = connectRedis('redis://access:nothing@127.0.0.1:1', logger);
afterAll(() => {
  redis.disconnect();
  nowhere.disconnect();
});

const newName = (): string => randomBytes(32).toString('base64url');
const limitOn = (connection: typeof redis, whenUnavailable: WhenUnavailable, points = 2) =>
  createRateLimit({ redis: connection, keyPrefix: 'limits:sms:test', points, seconds: 60, whenUnavailable });

test('Points of a limit are taken, given back and deleted', async () => {
  await redisReady(redis, 5_000);
  const limit = limitOn(redis, { kind: 'reject', problem: 'busy' });
  const name = newName();
  expect(await limit.left(name)).toBe(2);
  expect(await limit.take(name)).toEqual({ ok: true, left: 1 });
  expect(await limit.take(name)).toEqual({ ok: true, left: 0 });
  const outcome = await limit.take(name);
  expect(outcome.ok).toBe(false);
  expect(outcome).toMatchObject({ retryAfterSeconds: 60 });
  await limit.forget(name);
  await limit.take(name, 2);
  await limit.giveBack(name, 2);
  expect(await limit.left(name)).toBe(2);
});

test('Parallel takes never exceed a limit', async () => {
  await redisReady(redis, 5_000);
  const limit = limitOn(redis, { kind: 'reject', problem: 'busy' }, 5);
  const name = newName();
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => limit.take(name)));
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(5);
});

describe('A limit while Redis is unavailable', () => {
  test('With `reject`, a take throws the problem of the limit and giving back never throws', async () => {
    const limit = limitOn(nowhere, { kind: 'reject', problem: 'verification-unavailable' });
    const name = newName();
    await expect(limit.take(name)).rejects.toMatchObject({ code: 'verification-unavailable' });
    await expect(limit.left(name)).rejects.toMatchObject({ code: 'verification-unavailable' });
    await limit.giveBack(name);
    await limit.forget(name);
  });

  test('With `count-here`, the process counts by itself', async () => {
    const limit = limitOn(nowhere, { kind: 'count-here', bucketsMax: 65_536 }, 1);
    const name = newName();
    expect(await limit.take(name)).toEqual({ ok: true, left: 0 });
    expect((await limit.take(name)).ok).toBe(false);
    expect(await limit.left(name)).toBe(0);
    // The rejected take counts too.
    await limit.giveBack(name, 2);
    expect(await limit.left(name)).toBe(1);
    await limit.take(name);
    await limit.forget(name);
    expect(await limit.left(name)).toBe(1);
  });
});

test('The longest wait of several limits is reported', async () => {
  const outcomes = [30, 7].map((retryAfterSeconds) => ({ ok: false, retryAfterSeconds }) as const);
  const takes = outcomes.map((outcome) => ({ limit: { take: () => Promise.resolve(outcome) }, name: 'n' }));
  await expect(takeAllOrThrow(takes)).rejects.toMatchObject({
    code: 'too-many-requests',
    extras: { retryAfterSeconds: 30 },
  });
  await takeAllOrThrow([]);
});

test('A name changes each day and does not reveal its value', () => {
  let now = 0;
  const nameOf = createDailyNames({ key: hashKey(newSecret()), purpose: 'test/v1', clock: () => now });
  const first = nameOf('address', '192.0.2.1');
  expect(nameOf('address', '192.0.2.1')).toBe(first);
  expect(nameOf('account', '192.0.2.1')).not.toBe(first);
  now = 86_400_000;
  expect(nameOf('address', '192.0.2.1')).not.toBe(first);
  expect(first).toMatch(/^[\w-]{43}$/);
});
