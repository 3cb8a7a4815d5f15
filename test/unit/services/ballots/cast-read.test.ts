// Casts share reads: one that hangs ends for all of them in two seconds, and the next cast reads again.
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { dependencyFailure } from '../../../../src/platform/dependency-failures.ts';
import { ReadTooLate } from '../../../../src/services/ballots/cast-read.ts';
import { createRegisteredElections } from '../../../../src/services/ballots/elections.ts';
import { createSealingKeys } from '../../../../src/services/ballots/sealing-keys.ts';
import { createLogProbe } from '../../../support/log.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const { logger } = createLogProbe('ballots');
const hangs = (): Promise<never> => new Promise<never>(() => undefined);

/** What hangs first, and then answers. */
function readsOf<Value>(value: Value): () => Promise<Value> {
  let reads = 0;
  return () => ((reads += 1) === 1 ? hangs() : Promise.resolve(value));
}

test.each([
  [
    'the keys of the mixer',
    () => {
      const keys = createSealingKeys({ read: readsOf({ nowMs: 0, keys: [] }), mixers: new Map(), logger });
      return () => keys.current();
    },
  ],
  [
    'an election',
    () => {
      const keyFiles = { find: () => Promise.resolve(null) };
      const parts = { keysDirectory: tmpdir(), keyFiles, receiptKeys: new Map(), clock: Date.now, logger };
      const elections = createRegisteredElections({ ...parts, read: readsOf(null) });
      return () => elections.find('e');
    },
  ],
])('A read of %s that hangs is given up for all casts that wait for it', async (_what, create) => {
  const read = create();
  const waiting = [read(), read()].map((each) => each.catch((error: unknown) => error));
  await vi.advanceTimersByTimeAsync(1_990);
  const joined = read().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(20);
  for (const outcome of await Promise.all([...waiting, joined])) {
    expect(outcome).toBeInstanceOf(ReadTooLate);
    expect(dependencyFailure(outcome)).toBe('nothing-changed');
  }
  expect(await read()).toBe(null);
});
