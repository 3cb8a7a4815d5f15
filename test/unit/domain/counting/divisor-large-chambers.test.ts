// Chambers too large to count plainly, proved by their certificate: a sharing of seats is the method's own exactly when no
// quotient that lost exceeds one that won. Votes and divisors multiply far beyond 2^53 here.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { seatMethodNames } from '../../../../src/domain/counting/method-table.ts';
import { countChamber, divisorOf, seatsOf, tiedOf } from './plain-divisors.ts';

// Hundreds of large cases, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 });

test('In chambers too large for the plain version no losing quotient exceeds a winning one', () => {
  const largeChamber = fc.record({
    method: fc.constantFrom(...seatMethodNames),
    votes: fc.array(
      fc.oneof(
        fc.integer({ min: 1, max: 2 ** 41 }),
        fc.integer({ min: 1, max: 1_000 }),
        fc.integer({ min: 1, max: 9 }).map((times) => times * 2 ** 36),
      ),
      { minLength: 1, maxLength: 200 },
    ),
    seats: fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(100, 1_000, 999_999, 1_000_000)),
    thresholdPercent: fc.constant(0),
  });
  fc.assert(
    fc.property(largeChamber, (chamber) => {
      const count = countChamber(chamber);
      const tied = new Set(tiedOf(count));
      const seats = seatsOf(count);
      const total = seats.reduce((sum, seat) => sum + seat, 0);
      expect(total + (count.tie?.seatsLeft ?? 0)).toBe(chamber.seats);
      expect(tied.size === 0 || tied.size > count.tie!.seatsLeft).toBe(true);
      // The greatest claim that won nothing; the tied all equal it, the holders all exceed it.
      const claims = chamber.votes.map(
        (votes, index) => [BigInt(votes), divisorOf(chamber.method, seats[index]!)] as const,
      );
      const best = claims.reduce((a, b) => (b[0] * a[1] > a[0] * b[1] ? b : a));
      for (const [index, [votes, divisor]] of claims.entries()) {
        if (tied.size > 0) expect(votes * best[1] === best[0] * divisor).toBe(tied.has(index));
        if (seats[index] === 0) continue;
        const lastDivisor = divisorOf(chamber.method, seats[index]! - 1);
        expect(votes * best[1] > best[0] * lastDivisor).toBe(true);
      }
      expect(count.steps).toHaveLength(Math.min(total, 1_000));
      expect(count.stepsOmitted + count.steps.length).toBe(total);
      expect(count.steps.at(-1)?.seat ?? 0).toBe(total);
    }),
    { numRuns: 300 },
  );
});
