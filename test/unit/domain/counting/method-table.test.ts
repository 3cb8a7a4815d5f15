// The descriptions of the counting methods: what every entry of the table must fulfil.
import { expect, test } from 'vitest';
import { divisorAt } from '../../../../src/domain/counting/apportion.ts';
import { contestVotesMax } from '../../../../src/domain/counting/contest-totals.ts';
import {
  countingMethodNames,
  countingMethods,
  isSeatMethod,
  seatMethodNames,
  suggestedMethods,
  winnerMethodNames,
} from '../../../../src/domain/counting/method-table.ts';
import { seatsMax } from '../../../../src/domain/counting/seat-count.ts';

test('Every method either shares seats or elects one winner', () => {
  expect([...winnerMethodNames, ...seatMethodNames].sort()).toEqual([...countingMethodNames].sort());
  for (const method of countingMethodNames)
    expect(isSeatMethod(method)).toBe(seatMethodNames.includes(method as never));
  expect(isSeatMethod(suggestedMethods.seats)).toBe(true);
  expect(isSeatMethod(suggestedMethods.winner)).toBe(false);
});

test.each(seatMethodNames)(
  'The divisors of %s rise in equal steps, and every number of a result is exact',
  (method) => {
    const { divisors, suggested } = countingMethods[method];
    expect(Number.isInteger(divisors.first) && Number.isInteger(divisors.stride)).toBe(true);
    expect(divisors.first).toBeGreaterThan(0);
    expect(divisors.first).toBeLessThanOrEqual(divisors.stride);
    expect(Number.isSafeInteger(divisorAt(divisors, seatsMax))).toBe(true);
    expect((1 + divisors.stride / divisors.first) * contestVotesMax).toBeLessThan(Number.MAX_SAFE_INTEGER);
    expect(suggested.seats).toBeLessThanOrEqual(seatsMax);
  },
);

test('D’Hondt divides by 1, 2, 3 and Sainte-Laguë by 1, 3, 5', () => {
  const first = (method: (typeof seatMethodNames)[number]) =>
    [0, 1, 2].map((place) => divisorAt(countingMethods[method].divisors, place));
  expect([first('dhondt'), first('sainteLague')]).toEqual([
    [1, 2, 3],
    [1, 3, 5],
  ]);
});
