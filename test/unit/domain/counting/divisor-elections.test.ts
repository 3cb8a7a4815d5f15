// Seats as published. Where an election exempted a list from the threshold or filled part of the chamber otherwise, the
// test says so and leaves that part out.
import { describe, expect, test } from 'vitest';
import { resolveTie } from '../../../../src/domain/counting/counting-methods.ts';
import { contestOf, countChamber, dhondt, sainteLague, seatsOf, totalsOf } from './plain-divisors.ts';
import type { Chamber } from './plain-divisors.ts';

describe('The published elections', () => {
  test.each<[string, Chamber, number[]]>([
    // Republic Electoral Commission: the twelve lists that entered (five of national minorities, free of the threshold).
    [
      'Serbia 2016, National Assembly',
      dhondt(
        [1_823_147, 413_770, 306_052, 227_626, 227_589, 190_530, 189_564, 56_620, 32_526, 30_092, 23_890, 16_262],
        250,
      ),
      [131, 29, 22, 16, 16, 13, 13, 4, 2, 2, 1, 1],
    ],
    // Liberal Democrats, Labour, Brexit Party, Green, Conservative, Change UK, UKIP; no threshold.
    [
      'London 2019, European Parliament',
      dhondt([608_725, 536_810, 400_257, 278_957, 177_964, 117_635, 46_497], 8),
      [3, 2, 2, 1, 0, 0, 0],
    ],
    // All sixteen lists, in the order of the official table. ACT won its one seat by electorate, free of the threshold:
    // without it 119 seats were shared.
    [
      'New Zealand 2017, general election',
      sainteLague(
        [
          13_075, 8_075, 3_005, 6_253, 806, 162_443, 499, 956_184, 3_642, 30_580, 1_152_075, 186_706, 1_890, 1_620,
          63_261, 1_782,
        ],
        119,
        5,
      ),
      [0, 0, 0, 0, 0, 8, 0, 46, 0, 0, 56, 9, 0, 0, 0, 0],
    ],
    // The five parties that entered: Labour, National, Green, ACT, Māori Party.
    [
      'New Zealand 2020, general election',
      sainteLague([1_443_545, 738_275, 226_757, 219_031, 33_630], 120),
      [65, 33, 10, 10, 2],
    ],
    ['a textbook, by D’Hondt', dhondt([100_000, 80_000, 30_000, 20_000], 8), [4, 3, 1, 0]],
    ['the same, by Sainte-Laguë', sainteLague([100_000, 80_000, 30_000, 20_000], 8), [3, 3, 1, 1]],
  ])('The seats are those of the published election: %s', (_, chamber, seats) => {
    const count = countChamber(chamber);
    expect(seatsOf(count)).toEqual(seats);
    expect(count.tie).toBeNull();
  });

  test('In New Zealand in 2017 the total is that of the official table', () => {
    const count = countChamber(
      sainteLague(
        [
          13_075, 8_075, 3_005, 6_253, 806, 162_443, 499, 956_184, 3_642, 30_580, 1_152_075, 186_706, 1_890, 1_620,
          63_261, 1_782,
        ],
        119,
        5,
      ),
    );
    expect(count.votes).toBe(2_591_896);
    expect(count.threshold).toEqual({ perMyriad: 500, votesNeeded: 129_595 });
  });
});

// The earlier system gave 0, 42, 52, 52 and 104 here, by the order of its options: 80 ÷ 42 = 200 ÷ 105, so the last of
// the 250 seats belongs to options 2 and 5 alike.
test('20, 80, 100, 100 and 200 of 500 votes tie for the last of 250 seats, and the lot gives 42 or 105', () => {
  const chamber = dhondt([20, 80, 100, 100, 200], 250, 5);
  const count = countChamber(chamber);
  expect(seatsOf(count)).toEqual([0, 41, 52, 52, 104]);
  expect(count.tie).toEqual({ tied: ['option-2', 'option-5'], seatsLeft: 1, lot: null });
  expect(count.nextSeat).toEqual([
    { optionId: 'option-2', votes: 80, divisor: 42 },
    { optionId: 'option-5', votes: 200, divisor: 105 },
  ]);
  const countWith = (...order: string[]) => {
    const verdict = resolveTie(contestOf(chamber), totalsOf(chamber.votes), { order, note: 'Drawn in public.' });
    return verdict.resolved && verdict.count.kind === 'seats' && seatsOf(verdict.count);
  };
  expect(countWith('option-2', 'option-5')).toEqual([0, 42, 52, 52, 104]);
  expect(countWith('option-5', 'option-2')).toEqual([0, 41, 52, 52, 105]);
});
