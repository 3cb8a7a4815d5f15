// The loop that services repeat their work with: turns never overlap, errors do not end it, and stopping waits.
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLoop } from '../../../src/platform/loop.ts';

const longMs = 600_000;

/** A promise that a test settles by itself. */
function deferred<Value = void>() {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
}

test('A turn without a pause is followed by the next at once, and a stop ends a pause at once', async () => {
  let turns = 0;
  const third = deferred();
  const loop = createLoop({
    failureMs: longMs,
    onError: (error) => expect.unreachable(String(error)),
    turn: () => {
      turns += 1;
      if (turns === 3) third.resolve();
      return Promise.resolve(turns < 3 ? 0 : longMs);
    },
  });
  loop.start();
  loop.start();
  await third.promise;
  await loop.stop();
  expect(turns).toBe(3);
});

test('Turns without a pause leave time for other work', async () => {
  const loop = createLoop({ failureMs: 0, onError: () => undefined, turn: () => Promise.resolve(0) });
  loop.start();
  await new Promise((resolve) => setTimeout(resolve, 1));
  await loop.stop();
});

test('A turn that throws is reported, and the next one follows', async () => {
  const errors: unknown[] = [];
  const recovered = deferred();
  let turns = 0;
  const loop = createLoop({
    failureMs: 1,
    onError: (error) => errors.push(error),
    turn: () => {
      turns += 1;
      if (turns === 1) throw new Error('thrown');
      if (turns === 2) return Promise.reject(new Error('rejected'));
      recovered.resolve();
      return Promise.resolve(longMs);
    },
  });
  loop.start();
  await recovered.promise;
  await loop.stop();
  expect(errors).toEqual([new Error('thrown'), new Error('rejected')]);
});

test('A stop aborts the signal of the current turn and waits for its end', async () => {
  const events: string[] = [];
  const running = deferred();
  const loop = createLoop({
    failureMs: longMs,
    onError: () => undefined,
    turn: async (signal) => {
      const aborted = deferred();
      signal.addEventListener('abort', () => aborted.resolve());
      running.resolve();
      await aborted.promise;
      events.push('turn ended');
      return 0;
    },
  });
  loop.start();
  await running.promise;
  await loop.stop();
  events.push('stopped');
  expect(events).toEqual(['turn ended', 'stopped']);
});

test('A requested turn joins the current one, and never rejects', async () => {
  let turns = 0;
  const end = deferred<number>();
  const loop = createLoop({
    failureMs: longMs,
    onError: () => undefined,
    turn: () => {
      turns += 1;
      return turns === 1 ? end.promise : Promise.reject(new Error('second'));
    },
  });
  loop.start();
  const joined = Promise.all([loop.turnNow(), loop.turnNow()]);
  end.resolve(longMs);
  await joined;
  expect(turns).toBe(1);
  await loop.turnNow();
  expect(turns).toBe(2);
  await loop.stop();
});

test('A pause that is longer than a timer can be is a long pause, and no pause of none', async () => {
  let turns = 0;
  const loop = createLoop({
    turn: () => Promise.resolve(((turns += 1), 2 ** 40)),
    failureMs: 1,
    onError: () => undefined,
  });
  loop.start();
  await pause(50);
  await loop.stop();
  expect(turns).toBe(1);
});

test('A stopped loop can start again', async () => {
  let turns = 0;
  let second = deferred();
  const loop = createLoop({
    failureMs: longMs,
    onError: () => undefined,
    turn: () => {
      turns += 1;
      second.resolve();
      return Promise.resolve(longMs);
    },
  });
  await loop.stop();
  loop.start();
  await loop.stop();
  second = deferred();
  loop.start();
  await second.promise;
  await loop.stop();
  expect(turns).toBe(2);
});
