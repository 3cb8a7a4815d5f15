// The arithmetic under every seat against BigInt, where rounding would go wrong: beyond 2^53, next to whole quotients.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ceilingOfProduct, compareProducts, floorOfProduct } from '../../../../src/domain/counting/exact-integers.ts';

const votes = fc.oneof(
  fc.nat({ max: 1_000 }),
  fc.nat({ max: 2 ** 49 }),
  fc.integer({ min: 2 ** 49 - 9, max: 2 ** 49 }),
);
const divisor = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 2_000_001 }));
const step = fc.constantFrom(-1, 0, 1);

test('Products are compared exactly, equal and nearly equal ones too', () => {
  fc.assert(
    fc.property(votes, divisor, divisor, step, (a, b, d, off) => {
      // Nearest to a·b that c·d can be, and one beside it.
      const c = Math.max(0, Number((BigInt(a) * BigInt(b)) / BigInt(d)) + off);
      const product = BigInt(a) * BigInt(b);
      const right = BigInt(c) * BigInt(d);
      expect(Math.sign(compareProducts(a, b, c, d))).toBe(product < right ? -1 : product > right ? 1 : 0);
    }),
    { numRuns: 5_000 },
  );
  expect(compareProducts(2 ** 53 - 1, 1, 2 ** 53 - 2, 1)).toBeGreaterThan(0);
  expect(compareProducts(3_002_399_751_580_331, 3, 2 ** 53, 1)).toBeGreaterThan(0);
});

test('Products are divided exactly, just below a whole quotient too', () => {
  fc.assert(
    fc.property(votes, divisor, divisor, (whole, b, c) => {
      // The greatest a with a·b below whole·c: a·b ÷ c is whole, or a little less than that.
      const most = (BigInt(whole) * BigInt(c)) / BigInt(b);
      for (const a of [most, most - 1n, most + 1n]) {
        if (a < 0n || a > 2n ** 53n - 1n) continue;
        const floor = (a * BigInt(b)) / BigInt(c);
        const isWhole = (a * BigInt(b)) % BigInt(c) === 0n;
        if (floor >= 2n ** 53n - 1n) continue;
        expect(floorOfProduct(Number(a), b, c)).toBe(Number(floor));
        expect(ceilingOfProduct(Number(a), b, c)).toBe(Number(floor) + (isWhole ? 0 : 1));
      }
    }),
    { numRuns: 5_000 },
  );
});
