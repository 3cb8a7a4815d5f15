// One winner, or a tie. Impossible totals are never counted.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContestTotals, CountedContest } from '../../../../src/domain/counting/contest-totals.ts';
import { countContest, resolveTie } from '../../../../src/domain/counting/counting-methods.ts';
import { percentText, shareText } from '../../../../src/domain/counting/share.ts';
import { optionId, totalsOf } from './plain-divisors.ts';

const contest = (options: number, changes: Partial<CountedContest> = {}): CountedContest => ({
  id: 'president',
  method: 'plurality',
  minChoices: 1,
  maxChoices: 1,
  options: Array.from({ length: options }, (_, index) => ({ id: optionId(index), number: index + 1 })),
  ...changes,
});

function count(votes: readonly number[], changes: Partial<CountedContest> = {}, totals: Partial<ContestTotals> = {}) {
  const result = countContest(contest(votes.length, changes), { ...totalsOf(votes), ...totals });
  if (result.kind !== 'winner') throw new Error('counted for seats');
  return result;
}

describe('A contest by plurality', () => {
  test('The most votes win, and the count says by how many', () => {
    expect(count([120, 300, 80], {}, { abstained: 41 })).toEqual({
      kind: 'winner',
      contestId: 'president',
      method: 'plurality',
      valid: 500,
      abstained: 41,
      options: [
        { optionId: 'option-1', number: 1, votes: 120, share: { numerator: 120, denominator: 500 }, rank: 2 },
        { optionId: 'option-2', number: 2, votes: 300, share: { numerator: 300, denominator: 500 }, rank: 1 },
        { optionId: 'option-3', number: 3, votes: 80, share: { numerator: 80, denominator: 500 }, rank: 3 },
      ],
      winner: 'option-2',
      lead: 180,
      majority: true,
      tie: null,
    });
  });
  test('Exactly half is no majority', () => {
    expect(count([250, 249, 1])).toMatchObject({ winner: 'option-1', majority: false });
    expect(count([251, 249])).toMatchObject({ winner: 'option-1', majority: true });
  });
  test('Equal votes at the top are a tie without a winner until a lot decides', () => {
    expect(count([7, 3, 7, 1])).toMatchObject({
      winner: null,
      lead: 0,
      tie: { tied: ['option-1', 'option-3'], seatsLeft: 1, lot: null },
      options: [{ rank: 1 }, { rank: 3 }, { rank: 1 }, { rank: 4 }],
    });
    const lot = { order: ['option-3', 'option-1'], note: 'Coin, in public.' };
    expect(resolveTie(contest(4), totalsOf([7, 3, 7, 1]), lot)).toMatchObject({
      resolved: true,
      count: { winner: 'option-3', tie: { tied: ['option-1', 'option-3'], lot } },
    });
    expect(resolveTie(contest(2), totalsOf([2, 1]), lot)).toEqual({ resolved: false, fault: 'no-tie' });
  });
  test('Equal votes below the top are no tie', () => {
    expect(count([9, 4, 4])).toMatchObject({ winner: 'option-1', tie: null });
  });
  test('Without a vote no one wins and nothing is tied', () => {
    expect(count([0, 0], {}, { abstained: 12 })).toMatchObject({ winner: null, tie: null, majority: false, lead: 0 });
    expect(count([0]).options[0]?.share).toBeNull();
  });
  test('A single option wins with a single vote', () => {
    expect(count([1])).toMatchObject({ winner: 'option-1', lead: 1, majority: true });
  });
  test('Names and ballot numbers decide nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 6 }), (votes) => {
        const there = count(votes);
        const back = count([...votes].reverse());
        const mirrored = (id: string | null) => (id === null ? null : optionId(votes.length - Number(id.slice(7))));
        expect(mirrored(back.winner)).toBe(there.winner);
        expect(back.tie?.tied.map(mirrored).reverse()).toEqual(there.tie?.tied);
        expect(back.options.map(({ rank }) => rank).reverse()).toEqual(there.options.map(({ rank }) => rank));
        const most = Math.max(...votes);
        const first = votes.filter((one) => one === most).length;
        expect(there.winner === null).toBe(most === 0 || first > 1);
        expect(there.tie !== null).toBe(most > 0 && first > 1);
      }),
    );
  });
});

test('With approval the shares are of ballots, and may be more than one together', () => {
  const result = count([60, 70, 20], { method: 'approval', maxChoices: 3 }, { valid: 100, abstained: 3 });
  expect(result).toMatchObject({ method: 'approval', winner: 'option-2', majority: true, valid: 100, abstained: 3 });
  expect(result.options.map(({ share }) => share?.numerator)).toEqual([60, 70, 20]);
  expect(result.options.every(({ share }) => share?.denominator === 100)).toBe(true);
});

describe('The rounding of shares', () => {
  test('166, 167 and 167 of 500 show as 0.332, 0.334 and 0.334', () => {
    const shares = count([166, 167, 167]).options.map(({ share }) => share!);
    expect(shares.map((share) => shareText(share, 3))).toEqual(['0.332', '0.334', '0.334']);
    expect(shares.map((share) => percentText(share, 1))).toEqual(['33.2', '33.4', '33.4']);
    expect(shares.map((share) => shareText(share, 2))).toEqual(['0.33', '0.33', '0.33']);
  });
  test.each([
    [0, 7, 2, '0.00'],
    [7, 7, 2, '1.00'],
    [1, 3, 3, '0.333'],
    [2, 3, 3, '0.667'],
    [1, 200, 2, '0.01'],
    [1, 201, 2, '0.00'],
    [999, 1_000, 2, '1.00'],
    [1, 2, 0, '1'],
    [1, 3, 0, '0'],
    // As a double, 1.005 is a little less than it says and would be rounded down.
    [1_005, 1_000, 2, '1.01'],
    [2 ** 49 - 1, 2 ** 49, 15, '0.999999999999998'],
  ])('%i of %i with %i decimals shows as %s: half goes up', (numerator, denominator, decimals, text) => {
    expect(shareText({ numerator, denominator }, decimals)).toBe(text);
  });
});

describe('Totals that no ballots can give', () => {
  const good = totalsOf([3, 4]);
  test.each<[string, ContestTotals]>([
    ['an option is missing', { ...good, votes: good.votes.slice(1) }],
    ['an option is unknown', { ...good, votes: [{ optionId: 'option-9', votes: 3 }, good.votes[1]!] }],
    ['an option comes twice', { ...good, votes: [...good.votes, good.votes[0]!] }],
    ['votes are negative', { ...totalsOf([-1, 4]), valid: 4 }],
    ['votes are a fraction', { ...totalsOf([3, 4]), votes: totalsOf([2.5, 4]).votes }],
    ['votes are not a number', { ...totalsOf([3, 4]), votes: totalsOf([NaN, 4]).votes }],
    ['abstentions are a fraction', { ...good, abstained: 0.5 }],
    ['there are fewer ballots than votes', { ...good, valid: 6 }],
    ['there are more ballots than votes', { ...good, valid: 8 }],
    ['they are more than can be counted', totalsOf([2 ** 48, 2 ** 48, 1].slice(0, 2).map((votes) => votes + 1))],
  ])('Impossible totals are rejected: %s', (_, totals) => {
    expect(() => countContest(contest(2), totals)).toThrow(RangeError);
  });
  test('Several choices a ballot limit the votes from both sides', () => {
    const limits = { minChoices: 2, maxChoices: 3 };
    expect(() => count([10, 5, 5], limits, { valid: 10 })).not.toThrow();
    expect(() => count([10, 5, 4], limits, { valid: 10 })).toThrow(RangeError);
    expect(() => count([10, 10, 10, 1], limits, { valid: 10 })).toThrow(RangeError);
    expect(() => count([11, 5, 5], limits, { valid: 10 })).toThrow(RangeError);
  });
  test('The error contains no number of votes', () => {
    expect(() => countContest(contest(2), { ...totalsOf([31_337, 4]), valid: 7 })).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/31337|31,337/) as unknown }),
    );
  });
});
