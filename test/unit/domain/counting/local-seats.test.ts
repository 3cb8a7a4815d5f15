// Local contests whose winners take part below the threshold: as many as the law says, and never by a tie that is open.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ContestTotals, CountedContest, LocalContest } from '../../../../src/domain/counting/contest-totals.ts';
import { countContest, surroundingsOf } from '../../../../src/domain/counting/counting-methods.ts';
import type { SeatCount } from '../../../../src/domain/counting/seat-count.ts';
import type { Lot } from '../../../../src/domain/counting/tie.ts';
import { optionId, seatsOf, totalsOf } from './plain-divisors.ts';

const options = [0, 1, 2].map((index) => ({ id: optionId(index), number: index + 1 }));
const one = { options, minChoices: 1, maxChoices: 1 } as const;
const chamber = (localSeats: number): CountedContest => ({
  ...one,
  id: 'chamber',
  method: 'dhondt',
  seats: 10,
  law: { threshold: { share: { numerator: 20, denominator: 100 }, of: 'votes', group: 'nation', localSeats } },
});
const local = (id: string, localOf = 'nation'): CountedContest => ({
  ...one,
  id,
  method: 'plurality',
  law: { localOf },
});

/** Counts the chamber beside local contests with these votes. The third list has 10 percent. */
function countBeside(
  votes: Readonly<Record<string, readonly number[]>>,
  { needed = 1, lots = {}, localOf }: { needed?: number; lots?: Record<string, Lot>; localOf?: string } = {},
): SeatCount {
  const contest = chamber(needed);
  const totals = new Map<string, ContestTotals>([['chamber', totalsOf([70, 20, 10])]]);
  for (const [id, own] of Object.entries(votes)) totals.set(id, totalsOf(own));
  const contests = [contest, ...Object.keys(votes).map((id) => local(id, localOf))];
  const around = { invalid: 0, entitled: null };
  const surroundings = surroundingsOf(
    contest,
    contests,
    (id) => totals.get(id)!,
    (id) => lots[id],
    around,
  );
  const count = countContest(contest, totals.get('chamber')!, null, surroundings);
  if (count.kind !== 'seats') throw new Error('counted by another method');
  return count;
}

describe('A list below the threshold', () => {
  test('It takes part with exactly as many local contests as the law says, and not with one less', () => {
    const two = { north: [1, 2, 3], south: [1, 2, 3] };
    const with2 = countBeside(two, { needed: 2 });
    expect(seatsOf(with2)).toEqual([7, 2, 1]);
    expect(with2.options[2]).toMatchObject({ standing: 'eligible', localSeats: 2, groupVotes: 10 });
    const with3 = countBeside(two, { needed: 3 });
    expect(seatsOf(with3)).toEqual([8, 2, 0]);
    expect(with3.options[2]).toMatchObject({ standing: 'below-threshold', localSeats: 2 });
  });

  test('It does not take part by a contest that is of no group, or of another', () => {
    expect(seatsOf(countBeside({ north: [1, 2, 3] }, { localOf: 'other' }))).toEqual([8, 2, 0]);
  });

  test('While a tie that decides about it is open no seat is shared, and each lot gives other seats', () => {
    const tied = { north: [0, 3, 3] };
    const open = countBeside(tied);
    expect(open).toMatchObject({ undecided: true, seatsEmpty: 0, tie: null, steps: [] });
    expect(seatsOf(open)).toEqual([0, 0, 0]);
    const lot = (first: number, second: number) => ({
      north: { order: [optionId(first), optionId(second)], note: '' },
    });
    const withLot = countBeside(tied, { lots: lot(2, 1) });
    expect([withLot.undecided, seatsOf(withLot)]).toEqual([undefined, [7, 2, 1]]);
    const without = countBeside(tied, { lots: lot(1, 2) });
    expect([without.undecided, seatsOf(without)]).toEqual([undefined, [8, 2, 0]]);
    // A lot that does not decide the tie is none.
    expect(countBeside(tied, { lots: lot(0, 1) }).undecided).toBe(true);
  });

  test('An open tie that cannot change who takes part delays nothing', () => {
    expect(seatsOf(countBeside({ north: [3, 3, 0] }))).toEqual([8, 2, 0]);
    expect(seatsOf(countBeside({ north: [0, 3, 3] }, { needed: 2 }))).toEqual([8, 2, 0]);
    expect(seatsOf(countBeside({ north: [0, 0, 3], south: [0, 3, 3] }))).toEqual([7, 2, 1]);
  });
});

const someOptions = fc.subarray(options.map(({ id }) => id));
const locals = fc.array(fc.record<LocalContest>({ winners: someOptions, tied: someOptions }), { maxLength: 4 });

test('One more local contest never takes a list out, and who takes part has the votes or the contests', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 40 }), { minLength: 3, maxLength: 3 }),
      locals,
      fc.integer({ min: 1, max: 3 }),
      (votes, contests, needed) => {
        const totals = totalsOf(votes);
        const count = (of: readonly LocalContest[]): SeatCount => {
          const surroundings = { invalid: 0, entitled: null, group: [totals], local: of };
          return countContest(chamber(needed), totals, null, surroundings) as SeatCount;
        };
        const some = count(contests);
        const all = count([...contests, { winners: options.map(({ id }) => id), tied: [] }]);
        for (const [index, { standing, votes: own, localSeats = 0 }] of some.options.entries()) {
          const enough = own * 5 >= votes.reduce((sum, each) => sum + each, 0) || localSeats >= needed;
          expect(standing).toBe(own === 0 ? 'no-votes' : enough ? 'eligible' : 'below-threshold');
          if (standing === 'eligible') expect(all.options[index]!.standing).toBe('eligible');
        }
      },
    ),
  );
});
