// Every corner of the rules for sharing seats, by name: each case is defined, and says why it came out so.
import { describe, expect, test } from 'vitest';
import { countContest, resolveTie } from '../../../../src/domain/counting/counting-methods.ts';
import { fractionOfPercent } from '../../../../src/domain/counting/share.ts';
import { contestOf, countChamber, dhondt, optionId, sainteLague, seatsOf, tiedOf, totalsOf } from './plain-divisors.ts';

test('A small chamber explains each of its seats', () => {
  const count = countChamber(dhondt([100, 80, 30, 20], 8));
  expect(count.steps.map(({ seat, optionId: id, votes, divisor }) => [seat, id, votes, divisor])).toEqual([
    [1, 'option-1', 100, 1],
    [2, 'option-2', 80, 1],
    [3, 'option-1', 100, 2],
    [4, 'option-2', 80, 2],
    [5, 'option-1', 100, 3],
    [6, 'option-3', 30, 1],
    [7, 'option-2', 80, 3],
    [8, 'option-1', 100, 4],
  ]);
  expect(count.nextSeat).toEqual([
    { optionId: 'option-1', votes: 100, divisor: 5 },
    { optionId: 'option-2', votes: 80, divisor: 4 },
    { optionId: 'option-4', votes: 20, divisor: 1 },
  ]);
  // 25 won the last seat: 101 ÷ 4 and 26 ÷ 1 would have exceeded it.
  expect(count.lastSeat).toEqual({
    winners: [{ optionId: 'option-1', votes: 100, divisor: 4 }],
    runnersUp: [
      { optionId: 'option-2', votes: 80, divisor: 4, votesShort: 21 },
      { optionId: 'option-4', votes: 20, divisor: 1, votesShort: 6 },
    ],
  });
  // Option 1 cannot take its own last seat: it must exceed 80 ÷ 3, by 134 ÷ 5.
  expect(count.options.map(({ votesToNextSeat }) => votesToNextSeat)).toEqual([34, 21, 21, 6]);
  expect(count.options[0]?.share).toEqual({ numerator: 100, denominator: 230 });
});

test('Seats that were won by equal quotients say so', () => {
  const { steps, tie } = countChamber(dhondt([60, 60, 30], 5));
  expect(tie).toBeNull();
  expect(steps.map(({ equalToPrevious }) => equalToPrevious)).toEqual([false, true, false, true, true]);
});

test('A large chamber explains its last thousand seats and says how many it leaves out', () => {
  const { steps, stepsOmitted } = countChamber(dhondt([700_001, 299_999], 5_000));
  expect(steps[0]?.seat).toBe(4_001);
  expect(steps.at(-1)?.seat).toBe(5_000);
  expect([steps.length, stepsOmitted]).toEqual([1_000, 4_000]);
});

describe('The threshold', () => {
  test('A list exactly at the threshold passes, with one vote less it does not', () => {
    expect(countChamber(dhondt([25, 475], 40, 5)).options[0]).toMatchObject({ standing: 'eligible', seats: 2 });
    expect(countChamber(dhondt([24, 476], 40, 5)).options[0]).toMatchObject({ standing: 'below-threshold', seats: 0 });
    // 3.25 percent of 10,000 is 325, and of 10,001 a little more than that.
    expect(countChamber(dhondt([325, 9_675], 40, 3.25)).options[0]?.standing).toBe('eligible');
    expect(countChamber(dhondt([325, 9_676], 40, 3.25)).options[0]?.standing).toBe('below-threshold');
  });
  test('The threshold is exact where floating point is not', () => {
    // 0.29 × 100 and 0.57 × 100 are 28.999… and 56.99… in binary fractions.
    expect([0, 0.01, 0.29, 0.57, 4.35, 5, 33.3, 100, 3.125, 1e-7].map(fractionOfPercent)).toEqual(
      [
        [0, 100],
        [1, 10_000],
        [29, 10_000],
        [57, 10_000],
        [435, 10_000],
        [5, 100],
        [333, 1_000],
        [100, 100],
        [3_125, 100_000],
        [1, 1_000_000_000],
      ].map(([numerator, denominator]) => ({ numerator, denominator })),
    );
    const all = 2 ** 49;
    const least = (all * 5) / 100;
    expect(Number.isInteger(least)).toBe(false);
    const needed = Number((BigInt(all) * 500n + 9_999n) / 10_000n);
    expect(countChamber(dhondt([needed, all - needed], 40, 5)).options[0]?.standing).toBe('eligible');
    expect(countChamber(dhondt([needed - 1, all - needed + 1], 40, 5)).options[0]?.standing).toBe('below-threshold');
  });
  test('The threshold is of the votes, without abstentions', () => {
    const chamber = dhondt([25, 475], 40, 5);
    expect(countContest(contestOf(chamber), totalsOf(chamber.votes, 1_000_000))).toMatchObject({
      abstained: 1_000_000,
      votes: 500,
      options: [{ standing: 'eligible' }, { standing: 'eligible' }],
    });
  });
  test.each([-1, 100.01, 1e-11, NaN, Infinity])('%s is no threshold', (percent) => {
    expect(() => countChamber(dhondt([1], 1, percent))).toThrow(RangeError);
  });
});

describe('The edge cases', () => {
  test('With no one above the threshold all seats stay empty', () => {
    const count = countChamber(dhondt(Array<number>(21).fill(10), 250, 5));
    expect(count).toMatchObject({
      seatsEmpty: 250,
      steps: [],
      stepsOmitted: 0,
      nextSeat: [],
      lastSeat: null,
      tie: null,
    });
    expect(count.options.every(({ standing, seats }) => standing === 'below-threshold' && seats === 0)).toBe(true);
  });
  test('Without any vote all seats stay empty, even at threshold 0', () => {
    const count = countChamber(dhondt([0, 0], 10));
    expect(count).toMatchObject({ votes: 0, seatsEmpty: 10, tie: null, nextSeat: [] });
    expect(count.options[0]).toMatchObject({ share: null, standing: 'no-votes', votesToNextSeat: null });
  });
  test('One list takes all seats, and has no one to win more from', () => {
    const count = countChamber(dhondt([1], 250, 5));
    expect(count.options[0]).toMatchObject({ seats: 250, votesToNextSeat: null });
    expect(count.lastSeat).toEqual({ winners: [{ optionId: 'option-1', votes: 1, divisor: 250 }], runnersUp: [] });
  });
  test('Of more lists than seats the greatest get them', () => {
    expect(seatsOf(countChamber(dhondt([5, 9, 7, 1, 8], 3)))).toEqual([0, 1, 1, 0, 1]);
  });
  test('An option without votes gets no seat, at whatever threshold', () => {
    expect(seatsOf(countChamber(sainteLague([3, 0, 1], 1_000)))).toEqual([750, 0, 250]);
  });
  test('A chamber of no seats is empty', () => {
    const count = countChamber(dhondt([2, 1], 0));
    expect(count).toMatchObject({ seatsEmpty: 0, steps: [], lastSeat: null, tie: null });
    expect(count.nextSeat).toEqual([{ optionId: 'option-1', votes: 2, divisor: 1 }]);
  });
  test.each([undefined, -1, 1.5, 1_000_001])('%s seats are not a chamber', (seats) => {
    const contest = { ...contestOf(dhondt([1], 1)), seats };
    expect(() => countContest(contest, totalsOf([1]))).toThrow(RangeError);
  });
});

describe('A tie and its drawing of lots', () => {
  const chamber = dhondt([100, 100, 100, 10], 5);
  const contest = contestOf(chamber);
  const totals = totalsOf(chamber.votes);

  test('The tied lists are named with the open seats, and have only their certain ones', () => {
    const count = countChamber(chamber);
    expect(seatsOf(count)).toEqual([1, 1, 1, 0]);
    expect(count.tie).toEqual({ tied: ['option-1', 'option-2', 'option-3'], seatsLeft: 2, lot: null });
    expect(count.nextSeat.map(({ optionId: id }) => id)).toEqual(['option-1', 'option-2', 'option-3']);
    expect(count.lastSeat).toBeNull();
    expect(count.options.map(({ votesToNextSeat }) => votesToNextSeat)).toEqual([1, 1, 1, 41]);
  });
  test('The first lists in the order of the drawing win', () => {
    const lot = { order: ['option-3', 'option-1', 'option-2'], note: 'Drawn on 1 July, minutes no. 7.' };
    const verdict = resolveTie(contest, totals, lot);
    expect(verdict).toMatchObject({
      resolved: true,
      count: { tie: { tied: ['option-1', 'option-2', 'option-3'], seatsLeft: 2, lot } },
    });
    expect(verdict.resolved && verdict.count.kind === 'seats' && seatsOf(verdict.count)).toEqual([2, 1, 2, 0]);
  });
  test.each([
    ['unknown-option', ['option-1', 'option-2', 'option-4']],
    ['repeated-option', ['option-1', 'option-2', 'option-2']],
    ['repeated-option', ['option-1', 'option-2', 'option-3', 'option-3']],
    ['missing-option', ['option-1', 'option-2']],
    ['missing-option', []],
  ])('A lot is rejected: %s', (fault, order) => {
    expect(resolveTie(contest, totals, { order, note: '' })).toEqual({ resolved: false, fault });
    expect(() => countContest(contest, totals, { order, note: '' })).toThrow(RangeError);
  });
  test('No lot is taken where there is no tie', () => {
    const decided = dhondt([3, 1], 2);
    const lot = { order: ['option-1'], note: '' };
    expect(resolveTie(contestOf(decided), totalsOf(decided.votes), lot)).toEqual({ resolved: false, fault: 'no-tie' });
    expect(() => countContest(contestOf(decided), totalsOf(decided.votes), lot)).toThrow(RangeError);
  });
});

test('A difference that floating point cannot see decides a seat', () => {
  // v1 ÷ d1 exceeds v2 ÷ d2 by 1 ÷ (d1·d2), as v1·d2 − v2·d1 = 1; as doubles the two quotients are equal.
  const d1 = 9_973;
  const d2 = 9_967;
  const v1 = Number(BigInt(d1) * 25_000_000_000n + inverse(BigInt(d2), BigInt(d1)));
  const v2 = Number((BigInt(v1) * BigInt(d2) - 1n) / BigInt(d1));
  expect(BigInt(v1) * BigInt(d2) - BigInt(v2) * BigInt(d1)).toBe(1n);
  expect(v1 / d1).toBe(v2 / d2);
  const count = countChamber(dhondt([v1, v2], d1 + d2 - 1));
  expect(seatsOf(count)).toEqual([d1, d2 - 1]);
  expect(tiedOf(count)).toEqual([]);
  expect(count.options[1]).toMatchObject({ optionId: optionId(1), votesToNextSeat: 1 });
});

/** The inverse of a modulo m, by trial: for small numbers of a test. */
function inverse(a: bigint, m: bigint): bigint {
  for (let x = 1n; x < m; x += 1n) if ((a * x) % m === 1n) return x;
  throw new Error('no inverse');
}
