// Texts in hand: tried again until they are stored, bounded in number and time, and never lost in silence.
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createMetrics } from '../../../../src/platform/metrics.ts';
import { createSmsMetrics } from '../../../../src/services/sms/sms-metrics.ts';
import { TextKeeper } from '../../../../src/services/sms/inbound/text-keeper.ts';
import type { TextKeeperBounds } from '../../../../src/services/sms/inbound/text-keeper.ts';
import { createLogProbe } from '../../../support/log.ts';

const attestation = { method: 'text-in' as const, binding: 'tag', verifiedAtMs: 60_000, mac: 'mac' };
const event = { phoneKey: 'phone', attestation, check: 'check' };
const rejection = { code: 'verification-unavailable' };

const keepers: TextKeeper[] = [];
afterEach(async () => {
  for (const keeper of keepers.splice(0)) await keeper.close();
});

/** A keeper beside a Redis that a test stops. */
function keeperOf(bounds: Partial<TextKeeperBounds> = {}) {
  const redis = { down: false, stored: [] as string[], marks: [] as string[], tries: 0, poison: '' };
  const closed = (): Error => new Error('Connection is closed.');
  const memory = {
    remember(name: string) {
      redis.tries += 1;
      if (redis.down || name === redis.poison) return Promise.reject(closed());
      const isNew = !redis.stored.includes(name);
      if (isNew) redis.stored.push(name);
      return Promise.resolve(isNew ? ('remembered' as const) : ('seen-before' as const));
    },
    markComplete(atMs: number, again: boolean) {
      if (redis.down) return Promise.reject(closed());
      redis.marks.push(`${again ? 'again' : 'new'} ${atMs} after ${redis.stored.length}`);
      return Promise.resolve();
    },
  };
  const metrics = createMetrics('sms');
  const { logger } = createLogProbe('sms');
  const keeper = new TextKeeper({
    memory,
    metrics: createSmsMetrics(metrics),
    logger,
    clock: () => 1_000,
    bounds: Object.assign({ tryMs: 5 }, bounds),
  });
  keepers.push(keeper);
  const keep = (name: string) => keeper.keep('webhook', name, [event]);
  return { keeper, keep, redis, metrics };
}

test('A text is answered when it is stored, and the same message is known', async () => {
  const { keep, redis } = keeperOf();
  expect(await keep('a')).toBe('remembered');
  expect(await keep('a')).toBe('seen-before');
  expect(redis.marks).toEqual([]);
});

test('A text is kept while Redis is down, tried again and stored once', async () => {
  const { keep, redis, keeper } = keeperOf();
  redis.down = true;
  const answers = ['a', 'b', 'c', 'a'].map(keep);
  await expect.poll(() => redis.tries).toBeGreaterThan(5);
  expect(keeper.size).toBe(3);
  redis.down = false;
  expect(await Promise.all(answers)).toEqual(['remembered', 'remembered', 'remembered', 'seen-before']);
  expect(redis.stored.toSorted()).toEqual(['a', 'b', 'c']);
  expect(keeper.size).toBe(0);
});

test('A Redis that is down is tried by one text at a time', async () => {
  const { keep, redis } = keeperOf({ tryMs: 20 });
  redis.down = true;
  const first = keep('first');
  await expect.poll(() => redis.tries).toBeGreaterThan(2);
  const before = redis.tries;
  const answers = Array.from({ length: 500 }, (_, n) => keep(`text ${n}`));
  await pause(100);
  expect(redis.tries - before).toBeLessThan(12);
  redis.down = false;
  await Promise.all([first, ...answers]);
  expect(redis.stored.length).toBe(501);
});

test('A webhook is refused at the end of its wait, and its text is stored all the same', async () => {
  const { keep, redis, keeper } = keeperOf({ webhookMsMax: 30 });
  redis.down = true;
  await expect(keep('a')).rejects.toMatchObject(rejection);
  expect(keeper.size).toBe(1);
  redis.down = false;
  await expect.poll(() => redis.stored).toEqual(['a']);
  expect(await keep('a')).toBe('seen-before');
});

test('A text beyond the bound is refused at once, and it is known that texts may be lost', async () => {
  const { keep, redis, keeper } = keeperOf({ textsMax: 3 });
  redis.down = true;
  const answers = ['a', 'b', 'c'].map(keep);
  await expect(keep('d')).rejects.toMatchObject(rejection);
  expect(keeper.size).toBe(3);
  redis.down = false;
  await Promise.all(answers);
  // After the texts in hand, with a margin for the clocks of sessions.
  await expect.poll(() => redis.marks).toEqual(['again 3000 after 3']);
  expect(redis.stored).not.toContain('d');
});

test('A text is given up after its time, which is counted and reported', async () => {
  const { keep, redis, keeper, metrics } = keeperOf({ keptMsMax: 60 });
  redis.down = true;
  await expect(keep('a')).rejects.toMatchObject(rejection);
  expect(keeper.size).toBe(0);
  redis.down = false;
  await expect.poll(() => redis.marks).toEqual(['again 3000 after 0']);
  expect(await metrics.metrics()).toContain('popvote_sms_texts_total{provider="webhook",outcome="given-up"');
});

test('A text that cannot be stored does not stop the others', async () => {
  const { keep, redis, keeper } = keeperOf({ webhookMsMax: 2_000 });
  redis.poison = 'bad';
  const bad = keep('bad');
  bad.catch(() => undefined);
  const answers = Promise.all(Array.from({ length: 250 }, (_, n) => keep(`text ${n}`)));
  await answers;
  expect(redis.stored.length).toBe(250);
  expect(keeper.size).toBe(1);
  await expect(bad).rejects.toMatchObject(rejection);
});

test('A new connection is marked after the texts in hand, and replaces no mark that is there', async () => {
  const { keep, redis, keeper } = keeperOf();
  keeper.connected();
  await expect.poll(() => redis.marks).toEqual(['new 1000 after 0']);
  redis.down = true;
  const answer = keep('a');
  keeper.connected();
  redis.down = false;
  await answer;
  await expect.poll(() => redis.marks.slice(1)).toEqual(['new 3000 after 1']);
});

test('A process that ends tries what it has a last time, and refuses the rest', async () => {
  const { keep, redis, keeper } = keeperOf({ tryMs: 60_000 });
  redis.down = true;
  const answer = keep('a');
  await expect.poll(() => redis.tries).toBeGreaterThan(1);
  redis.down = false;
  await keeper.close();
  expect(await answer).toBe('remembered');
  await expect(keep('b')).rejects.toMatchObject(rejection);
});
