// The statistic by which tests of attacks compare times.
import { expect, test } from 'vitest';
import { mannWhitneyP } from '../../support/mann-whitney.ts';

const numbers = (count: number, value: (n: number) => number) => Array.from({ length: count }, (_, n) => value(n));

test('Samples of one distribution have a p that is evenly spread, and a small shift is found', () => {
  let small = 0;
  for (let round = 0; round < 400; round += 1) {
    if (mannWhitneyP(numbers(200, Math.random), numbers(200, Math.random)) < 0.05) small += 1;
  }
  expect(small).toBeGreaterThan(2);
  expect(small).toBeLessThan(50);
  expect(
    mannWhitneyP(
      numbers(2_000, Math.random),
      numbers(2_000, () => Math.random() + 0.1),
    ),
  ).toBeLessThan(1e-6);
});

test('The statistic of a published example, ties and equal samples is right', () => {
  // Ranks 1, 2, 3, 4, 10 against 5 to 9: U = 5, mean 12.5, deviation 4.787.
  expect(mannWhitneyP([1, 2, 3, 4, 10], [5, 6, 7, 8, 9])).toBeCloseTo(0.1172, 3);
  // Ranks 2, 2, 4.5 and 2, 4.5, 6: U = 2.5, mean 4.5, variance 4.5.
  expect(mannWhitneyP([1, 1, 2], [1, 2, 3])).toBeCloseTo(0.3458, 3);
  expect(mannWhitneyP([1, 1], [1, 1])).toBe(1);
});
