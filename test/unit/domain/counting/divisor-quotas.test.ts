// The relation of seats to votes: the guarantees of each method about the share of a list.
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { countChamber, openChambers, seatsOf } from './plain-divisors.ts';
import type { Chamber } from './plain-divisors.ts';

// Thousands of cases each, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

const runs = { numRuns: 1_500 };
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const dhondtChambers = openChambers.map((chamber): Chamber => ({ ...chamber, method: 'dhondt' }));

describe('The D’Hondt method', () => {
  test('D’Hondt gives everyone at least the whole part of their share of the seats', () => {
    fc.assert(
      fc.property(dhondtChambers, (chamber) => {
        const all = BigInt(sum(chamber.votes));
        if (all === 0n) return;
        for (const { votes, seats } of countChamber(chamber).options) {
          expect(BigInt(seats) >= (BigInt(votes) * BigInt(chamber.seats)) / all).toBe(true);
        }
      }),
      runs,
    );
  });
  test('D’Hondt gives more than half of the votes more than half of an odd chamber', () => {
    fc.assert(
      fc.property(dhondtChambers, (chamber) => {
        const seats = 2 * Math.floor(chamber.seats / 2) + 1;
        for (const option of countChamber({ ...chamber, seats }).options) {
          if (2 * option.votes > sum(chamber.votes)) expect(2 * option.seats).toBeGreaterThan(seats);
        }
      }),
      runs,
    );
  });
  test('D’Hondt never punishes two lists for joining', () => {
    fc.assert(
      fc.property(
        dhondtChambers.filter(({ votes }) => votes.length > 1),
        (chamber) => {
          const before = seatsOf(countChamber(chamber));
          const [first = 0, second = 0, ...others] = chamber.votes;
          const joined = { ...chamber, votes: [first + second, 0, ...others] };
          expect(seatsOf(countChamber(joined))[0]).toBeGreaterThanOrEqual(before[0]! + before[1]!);
        },
      ),
      runs,
    );
  });
});

test('Sainte-Laguë gives each of two options its share rounded', () => {
  const two = fc.record({
    votes: fc.tuple(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 1, max: 2 ** 40 })),
    seats: fc.integer({ min: 0, max: 1_000 }),
  });
  fc.assert(
    fc.property(two, ({ votes, seats }) => {
      const count = countChamber({ method: 'sainteLague', votes, seats, thresholdPercent: 0 });
      const all = BigInt(votes[0] + votes[1]);
      const mine = BigInt(votes[0]) * BigInt(seats);
      const isHalf = (2n * mine) % all === 0n && ((2n * mine) / all) % 2n === 1n;
      expect(count.tie !== null).toBe(isHalf);
      if (!isHalf) expect(seatsOf(count)[0]).toBe(Number((2n * mine + all) / (2n * all)));
    }),
    runs,
  );
});
