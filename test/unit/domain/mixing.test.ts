// The rule that keeps a voter among K others: no small batch, no small remainder, and nothing left behind at the end.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ballotsToMix, mixBatchMax, mixBatchMin } from '../../../src/domain/mixing.ts';

const waitingBallots = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 50_000 }), fc.constant(mixBatchMax));
const k = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(1, 2, mixBatchMin, 1_000));

/** The batches that the mixer takes until it takes none. */
function batches(waiting: number, size: number, final: boolean): number[] {
  const sizes: number[] = [];
  let remaining = waiting;
  for (;;) {
    const next = ballotsToMix(remaining, size, final);
    if (next === 0) return sizes;
    sizes.push(next);
    remaining -= next;
    if (sizes.length > waiting + 1) throw new Error('the mixer does not end');
  }
}

test.each([
  // waiting, K, final, taken
  [0, 50, false, 0],
  [99, 50, false, 0],
  [100, 50, false, 50],
  [149, 50, false, 99],
  [0, 50, true, 0],
  [1, 50, true, 1],
  [49, 50, true, 49],
  [99, 50, true, 99],
  [2_000, 50, true, 2_000],
  [2_001, 50, true, 1_951],
  [2_050, 50, true, 2_000],
  [1, 1, false, 1],
])('Of %i waiting with K = %i (final: %s), %i go', (waiting, size, final, expected) => {
  expect(ballotsToMix(waiting, size, final)).toBe(expected);
});

describe('Mixing before the end', () => {
  test('Fewer than K never go, and fewer than K never stay, unless K is 1', () => {
    fc.assert(
      fc.property(waitingBallots, k, (waiting, size) => {
        const count = ballotsToMix(waiting, size, false);
        if (count === 0) return;
        expect(count).toBeGreaterThanOrEqual(size);
        if (size > 1) expect(waiting - count).toBeGreaterThanOrEqual(size);
      }),
      { numRuns: 2_000 },
    );
  });

  test('Ballots that could go without a small remainder do go', () => {
    fc.assert(
      fc.property(waitingBallots, k, (waiting, size) => {
        if (size > 1 && waiting >= 2 * size) expect(ballotsToMix(waiting, size, false)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('Mixing at the end', () => {
  test('At the end everything goes, in finitely many batches', () => {
    fc.assert(
      fc.property(waitingBallots, k, (waiting, size) => {
        const sum = batches(waiting, size, true).reduce((total, count) => total + count, 0);
        expect(sum).toBe(waiting);
      }),
    );
  });

  test('No batch is smaller than K, unless fewer than K remained for it alone', () => {
    fc.assert(
      fc.property(waitingBallots, k, (waiting, size) => {
        const sizes = batches(waiting, size, true);
        if (waiting >= size) expect(Math.min(Infinity, ...sizes)).toBeGreaterThanOrEqual(Math.min(size, waiting));
        else expect(sizes.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2_000 },
    );
  });

  test('What the days before left behind is still K or more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 20_000 }), (cast) => {
        const before = batches(cast, 50, false).reduce((total, count) => total + count, 0);
        expect(cast - before).toBeGreaterThanOrEqual(50);
      }),
    );
  });
});

test('No batch is larger than its bound', () => {
  fc.assert(
    fc.property(waitingBallots, k, fc.boolean(), (waiting, size, final) => {
      expect(ballotsToMix(waiting, size, final)).toBeLessThanOrEqual(mixBatchMax);
    }),
    { numRuns: 2_000 },
  );
});

test('K = 1 of a rehearsal moves all at once', () => {
  for (const waiting of [0, 1, 2, 49, 1_999]) {
    for (const final of [true, false]) expect(ballotsToMix(waiting, 1, final)).toBe(waiting);
  }
});
