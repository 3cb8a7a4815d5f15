// Casts that are sent again while the first is under way.
import { expect, test } from 'vitest';
import { commitMsMin, createAttempts } from '../../../../src/services/ballots/attempts.ts';
import { createGate } from '../../../support/gate.ts';

const waiter = (untilMs: number) => ({ waits: (inMs = 0) => inMs < untilMs });

test('A cast that is sent again joins the first, and is awaited while one of both waits', async () => {
  const attempts = createAttempts<string>();
  const starts: (() => boolean)[] = [];
  const gate = createGate();
  const start = async (isAwaited: () => boolean): Promise<string> => {
    starts.push(isAwaited);
    await gate.opened;
    return 'recorded';
  };
  const first = { leftMs: 1_000 };
  const outcomes = [attempts.join('a', { waits: (inMs = 0) => inMs < first.leftMs }, start)];
  expect(starts[0]!()).toBe(true);
  // Too little time for a commit.
  first.leftMs = commitMsMin;
  expect(starts[0]!()).toBe(false);
  outcomes.push(attempts.join('a', waiter(1_000), start));
  expect(starts).toHaveLength(1);
  expect(starts[0]!()).toBe(true);
  outcomes.push(attempts.join('b', waiter(1_000), start));
  expect(starts).toHaveLength(2);
  gate.open();
  expect(await Promise.all(outcomes)).toEqual(['recorded', 'recorded', 'recorded']);
  await attempts.join('a', waiter(1_000), start);
  expect(starts).toHaveLength(3);
});

test('A failure of the first is the failure of all, and the next attempt starts again', async () => {
  const attempts = createAttempts<string>();
  const fails = () => Promise.reject(new Error('unavailable'));
  const both = ['a', 'a'].map((key) => attempts.join(key, waiter(1_000), fails));
  const outcomes = await Promise.allSettled(both);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await attempts.join('a', waiter(1_000), () => Promise.resolve('recorded'))).toBe('recorded');
});
