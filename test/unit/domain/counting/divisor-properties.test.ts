// Properties of a fair method of sharing seats, for all votes. Each title is a promise to the candidates.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { countContest } from '../../../../src/domain/counting/counting-methods.ts';
import { seatMethodNames } from '../../../../src/domain/counting/method-table.ts';
import type { SeatCount } from '../../../../src/domain/counting/seat-count.ts';
import { contestOf, countChamber, chambers, openChambers, seatsOf, tiedOf, totalsOf } from './plain-divisors.ts';
import type { Chamber } from './plain-divisors.ts';

// Thousands of cases each, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

const runs = { numRuns: 1_500 };
const pick = fc.nat();
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const withVotes = (chamber: Chamber, change: (votes: number[]) => void): Chamber => {
  const votes = [...chamber.votes];
  change(votes);
  return { ...chamber, votes };
};

test('All seats are given, or tied for, or empty because no one may have them', () => {
  fc.assert(
    fc.property(chambers, (chamber) => {
      const count = countChamber(chamber);
      expect(sum(seatsOf(count)) + (count.tie?.seatsLeft ?? 0) + count.seatsEmpty).toBe(chamber.seats);
      if (count.tie !== null) {
        expect(count.tie.seatsLeft).toBeGreaterThan(0);
        expect(count.tie.tied.length).toBeGreaterThan(count.tie.seatsLeft);
      }
    }),
    runs,
  );
});

test('Names and ballot numbers decide nothing: a list keeps its seats in another place', () => {
  fc.assert(
    fc.property(chambers, fc.infiniteStream(pick), (chamber, numbers) => {
      const places = chamber.votes
        .map((_, index) => [numbers.next().value, index] as const)
        .sort(([a], [b]) => a - b)
        .map(([, index]) => index);
      const moved = countChamber({ ...chamber, votes: places.map((place) => chamber.votes[place]!) });
      const count = countChamber(chamber);
      const outcome = (from: SeatCount, index: number) => {
        const { votes, seats, standing, votesToNextSeat } = from.options[index]!;
        return { votes, seats, standing, votesToNextSeat, tied: tiedOf(from).includes(index) };
      };
      for (const [at, place] of places.entries()) expect(outcome(moved, at)).toEqual(outcome(count, place));
    }),
    runs,
  );
});

test('The order in which totals and options are handed over changes nothing', () => {
  fc.assert(
    fc.property(chambers, (chamber) => {
      const contest = contestOf(chamber);
      const totals = totalsOf(chamber.votes);
      const reversed = { ...contest, options: [...contest.options].reverse() };
      expect(countContest(reversed, { ...totals, votes: [...totals.votes].reverse() })).toEqual(countChamber(chamber));
    }),
    { numRuns: 500 },
  );
});

test('A larger chamber takes no seat from anyone, and its extra seat goes where the smaller said', () => {
  fc.assert(
    fc.property(chambers, (chamber) => {
      const count = countChamber(chamber);
      const larger = countChamber({ ...chamber, seats: chamber.seats + 1 });
      const gained = seatsOf(larger).map((seats, index) => seats - seatsOf(count)[index]!);
      expect(gained.every((seats) => seats >= 0)).toBe(true);
      const contenders = count.nextSeat.map(({ optionId: id }) => id);
      const gainers = count.options.filter((_, index) => gained[index]! > 0).map(({ optionId: id }) => id);
      if (count.tie === null && contenders.length === 1) expect(gainers).toEqual(contenders);
      else if (larger.tie !== null) expect(larger.tie.tied).toEqual(contenders);
      else expect(gainers).toEqual(contenders);
    }),
    runs,
  );
});

test('More votes cost an option no seat and bring its rivals none', () => {
  fc.assert(
    fc.property(
      openChambers,
      pick,
      fc.oneof(fc.integer({ min: 1, max: 5 }), fc.nat({ max: 2 ** 40 })),
      (chamber, at, more) => {
        const option = at % chamber.votes.length;
        const before = seatsOf(countChamber(chamber));
        const after = seatsOf(countChamber(withVotes(chamber, (votes) => void (votes[option]! += more))));
        for (const [index, seats] of after.entries()) {
          if (index === option) expect(seats).toBeGreaterThanOrEqual(before[index]!);
          else expect(seats).toBeLessThanOrEqual(before[index]!);
        }
      },
    ),
    runs,
  );
});

test('More votes never mean fewer seats than another has', () => {
  fc.assert(
    fc.property(chambers, (chamber) => {
      const { options } = countChamber(chamber);
      for (const a of options)
        for (const b of options) if (a.votes > b.votes) expect(a.seats).toBeGreaterThanOrEqual(b.seats);
    }),
    runs,
  );
});

test('All votes counted k times over give the same seats', () => {
  const tame = chambers.filter(({ votes }) => sum(votes) < 2 ** 47);
  fc.assert(
    fc.property(tame, fc.integer({ min: 2, max: 4 }), (chamber, k) => {
      const [count, copied] = [chamber, { ...chamber, votes: chamber.votes.map((votes) => k * votes) }].map(
        countChamber,
      );
      expect([seatsOf(copied!), tiedOf(copied!)]).toEqual([seatsOf(count!), tiedOf(count!)]);
    }),
    runs,
  );
});

test('A count is JSON, and each of its numbers is one that JSON carries exactly', () => {
  /** Paths in a value that JSON would change: a number that is not whole and safe, or no JSON at all. */
  const faults = (value: unknown, path = ''): string[] => {
    if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? [] : [path];
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return [];
    if (typeof value !== 'object') return [path];
    return Object.entries(value).flatMap(([name, member]) => faults(member, `${path}/${name}`));
  };
  const vast = fc.record({
    method: fc.constantFrom(...seatMethodNames),
    votes: fc.array(fc.nat({ max: 2 ** 46 }), { minLength: 1, maxLength: 8 }),
    seats: fc.oneof(fc.nat({ max: 9 }), fc.nat({ max: 1_000_000 })),
    thresholdPercent: fc.constant(0),
  });
  fc.assert(
    fc.property(fc.oneof(chambers, vast), (chamber) => {
      const count = countChamber(chamber);
      expect(faults(count)).toEqual([]);
      expect(JSON.stringify(countChamber(chamber))).toBe(JSON.stringify(count));
    }),
    { numRuns: 300 },
  );
  for (const method of seatMethodNames) {
    for (const votes of [
      [2 ** 49 - 1, 1],
      [2 ** 48, 2 ** 48],
      [2 ** 48, 2 ** 48 - 1],
    ]) {
      for (const seats of [1, 2, 999_999, 1_000_000]) {
        expect(faults(countChamber({ method, votes, seats, thresholdPercent: 0 }))).toEqual([]);
      }
    }
  }
});
