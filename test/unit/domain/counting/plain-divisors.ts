// The plain version that the engine is proved against, written independently of it: one seat at a time, BigInt
// throughout, no jump, no heap. It shares only the divisors of the table, which method-table.test.ts and the published
// elections check. And the inputs it is tried with: small ones, ones full of equal quotients, and huge ones.
import fc from 'fast-check';
import type { ContestTotals, CountedContest } from '../../../../src/domain/counting/contest-totals.ts';
import { countContest } from '../../../../src/domain/counting/counting-methods.ts';
import { countingMethods, seatMethodNames } from '../../../../src/domain/counting/method-table.ts';
import type { SeatMethod } from '../../../../src/domain/counting/method-table.ts';
import type { SeatCount } from '../../../../src/domain/counting/seat-count.ts';

export type Chamber = {
  readonly method: SeatMethod;
  readonly votes: readonly number[];
  readonly seats: number;
  readonly thresholdPercent: number;
};

export const dhondt = (votes: readonly number[], seats: number, thresholdPercent = 0): Chamber => ({
  method: 'dhondt',
  votes,
  seats,
  thresholdPercent,
});
export const sainteLague = (votes: readonly number[], seats: number, thresholdPercent = 0): Chamber => ({
  ...dhondt(votes, seats, thresholdPercent),
  method: 'sainteLague',
});

export const divisorOf = (method: Chamber['method'], seats: number): bigint =>
  BigInt(countingMethods[method].divisors.first) + BigInt(countingMethods[method].divisors.stride) * BigInt(seats);

/** Who takes part: votes, and enough of them. */
export function takesPart({ votes, thresholdPercent }: Chamber): boolean[] {
  const all = votes.reduce((sum, count) => sum + BigInt(count), 0n);
  const perMyriad = BigInt(Math.round(thresholdPercent * 100));
  return votes.map((count) => count > 0 && BigInt(count) * 10_000n >= perMyriad * all);
}

export type PlainResult = {
  readonly seats: readonly number[];
  readonly tied: readonly number[];
  readonly left: number;
};

/** Gives the seats in rounds: all that share the greatest quotient get one each, or, when too few are left, tie. */
export function plainSeats(chamber: Chamber): PlainResult {
  const eligible = takesPart(chamber);
  const seats = chamber.votes.map(() => 0);
  let remaining = chamber.seats;
  while (remaining > 0 && eligible.includes(true)) {
    let greatest: number[] = [];
    for (const option of chamber.votes.keys()) {
      if (!eligible[option]) continue;
      const best = greatest[0];
      const claim = BigInt(chamber.votes[option]!);
      const order =
        best === undefined
          ? 1n
          : claim * divisorOf(chamber.method, seats[best]!) -
            BigInt(chamber.votes[best]!) * divisorOf(chamber.method, seats[option]!);
      if (order > 0n) greatest = [option];
      else if (order === 0n) greatest.push(option);
    }
    if (greatest.length > remaining) return { seats, tied: greatest, left: remaining };
    for (const option of greatest) seats[option]! += 1;
    remaining -= greatest.length;
  }
  return { seats, tied: [], left: remaining };
}

export type PlainQuotient = { readonly option: number; readonly votes: bigint; readonly divisor: bigint };

/** All quotients that could matter, the greatest first, equal ones by option: a table as one would write it on paper. */
export function quotientTable(chamber: Chamber): PlainQuotient[] {
  const eligible = takesPart(chamber);
  return chamber.votes
    .flatMap((count, option) =>
      eligible[option]
        ? Array.from({ length: chamber.seats + 1 }, (_, seat) => ({
            option,
            votes: BigInt(count),
            divisor: divisorOf(chamber.method, seat),
          }))
        : [],
    )
    .sort((a, b) => Number(b.votes * a.divisor - a.votes * b.divisor) || a.option - b.option);
}

export const optionId = (index: number): string => `option-${index + 1}`;

export function contestOf(chamber: Chamber): CountedContest {
  return {
    id: 'council',
    method: chamber.method,
    minChoices: 1,
    maxChoices: 1,
    seats: chamber.seats,
    thresholdPercent: chamber.thresholdPercent,
    options: chamber.votes.map((_, index) => ({ id: optionId(index), number: index + 1 })),
  };
}

export function totalsOf(votes: readonly number[], abstained = 0): ContestTotals {
  return {
    votes: votes.map((count, index) => ({ optionId: optionId(index), votes: count })),
    valid: votes.reduce((sum, count) => sum + count, 0),
    abstained,
  };
}

export function countChamber(chamber: Chamber): SeatCount {
  const count = countContest(contestOf(chamber), totalsOf(chamber.votes));
  if (count.kind !== 'seats' || count.method !== chamber.method) throw new Error('counted by another method');
  return count;
}

export const seatsOf = (count: SeatCount): number[] => count.options.map(({ seats }) => seats);
export const tiedOf = (count: SeatCount): number[] =>
  (count.tie?.tied ?? []).map((id) => count.options.find((option) => option.optionId === id)!.number - 1);

const method = fc.constantFrom(...seatMethodNames);
const threshold = fc.oneof(
  fc.constant(0),
  fc.constantFrom(3.25, 5, 20, 33.33, 50, 100),
  fc.integer({ min: 0, max: 10_000 }).map((perMyriad) => perMyriad / 100),
);

const smallHouse = fc.record({
  method,
  votes: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 8 }),
  seats: fc.nat({ max: 25 }),
  thresholdPercent: threshold,
});

/** Votes that are near multiples of one number, and about as many seats as the multiples: equal quotients at the cut. */
const evenHouse = (baseMax: number) =>
  fc
    .record({
      method,
      base: fc.integer({ min: 1, max: baseMax }),
      parts: fc.array(fc.record({ times: fc.integer({ min: 0, max: 9 }), off: fc.constantFrom(0, 0, 0, 1, -1) }), {
        minLength: 1,
        maxLength: 8,
      }),
      more: fc.integer({ min: -4, max: 4 }),
      thresholdPercent: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: threshold }),
    })
    .map(({ method, base, parts, more, thresholdPercent }): Chamber => {
      const times = parts.map((part) => (part.times === 0 ? 0 : Number(divisorOf(method, part.times - 1))));
      const claims = parts.reduce((sum, part) => sum + part.times, 0);
      return {
        method,
        votes: parts.map((part, index) => Math.max(0, times[index]! * base + part.off)),
        seats: Math.max(0, claims + more),
        thresholdPercent,
      };
    });

/** Chambers for the differential test. The last kind makes products far beyond 2^53. */
export const chambers: fc.Arbitrary<Chamber> = fc.oneof(
  smallHouse,
  evenHouse(12),
  evenHouse(1_000_000),
  evenHouse(2 ** 41),
);
/** The same without a threshold, for facts about the method alone. */
export const openChambers = chambers.map((chamber): Chamber => ({ ...chamber, thresholdPercent: 0 }));
