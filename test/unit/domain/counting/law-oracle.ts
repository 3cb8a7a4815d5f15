// The law around a chamber, counted plainly and independently of the engine: fractions of BigInt, one seat at a time, no
// weights, no scaled divisors, no heap. And the chambers that it is compared on.
import fc from 'fast-check';
import type { ContestLaw, QuorumLaw, TieRule } from '../../../../src/domain/counting/contest-law.ts';
import type { CountedContest, Surroundings } from '../../../../src/domain/counting/contest-totals.ts';
import { countContest } from '../../../../src/domain/counting/counting-methods.ts';
import { countingMethods, seatMethodNames } from '../../../../src/domain/counting/method-table.ts';
import type { SeatMethod } from '../../../../src/domain/counting/method-table.ts';
import type { SeatCount } from '../../../../src/domain/counting/seat-count.ts';
import type { Fraction } from '../../../../src/domain/counting/share.ts';
import { optionId, totalsOf } from './plain-divisors.ts';

export type LawfulList = {
  readonly votes: number;
  readonly threshold: 'exempt' | Fraction | null;
  readonly candidates: number | null;
};
export type LawfulChamber = {
  readonly method: SeatMethod;
  readonly seats: number;
  readonly lists: readonly LawfulList[];
  readonly threshold: NonNullable<ContestLaw['threshold']>;
  readonly firstDivisor: Fraction | null;
  readonly tieRules: readonly TieRule[];
  readonly abstained: number;
  readonly invalid: number;
  readonly entitled: number;
  readonly quorum: QuorumLaw | null;
};

/** A fraction n ÷ d of BigInt, d above 0. */
type Rational = readonly [n: bigint, d: bigint];
const rational = ({ numerator, denominator }: Fraction): Rational => [BigInt(numerator), BigInt(denominator)];
const times = (a: Rational, b: Rational): Rational => [a[0] * b[0], a[1] * b[1]];
const over = (a: Rational, b: Rational): Rational => [a[0] * b[1], a[1] * b[0]];
const compare = (a: Rational, b: Rational): number =>
  Number(a[0] * b[1] - b[0] * a[1] > 0n) - Number(a[0] * b[1] < b[0] * a[1]);
const whole = (value: number): Rational => [BigInt(value), 1n];

export type PlainLawResult = {
  readonly seats: readonly number[];
  readonly tied: readonly number[];
  readonly open: number;
};

/** Whether the votes pass a share of the base of the threshold. */
function passes(
  { threshold, lists, abstained, invalid, entitled }: LawfulChamber,
  votes: number,
  share: Fraction,
): boolean {
  const valid = lists.reduce((sum, list) => sum + list.votes, 0);
  const base = {
    votes: valid,
    valid,
    'valid-and-blank': valid + abstained,
    cast: valid + abstained + invalid,
    entitled,
  };
  const order = compare(whole(votes), times(whole(base[threshold.of]), rational(share)));
  return threshold.moreThan === true ? order > 0 : order >= 0;
}

/** The lists that take part, and what their votes are multiplied by. */
export function plainParticipants(chamber: LawfulChamber): (Rational | null)[] {
  return chamber.lists.map(({ votes, threshold }) => {
    if (votes === 0) return null;
    const above = passes(chamber, votes, chamber.threshold.share);
    if (threshold === 'exempt') {
      return above ? whole(1) : rational(chamber.threshold.exemptFactor ?? { numerator: 1, denominator: 1 });
    }
    const own = threshold === null ? above : passes(chamber, votes, threshold);
    return own ? whole(1) : null;
  });
}

/** Whether enough people took part. */
function plainQuorum({ quorum, lists, abstained, invalid, entitled }: LawfulChamber): boolean {
  if (quorum === null) return true;
  const valid = lists.reduce((sum, list) => sum + list.votes, 0);
  const ballots = { valid, 'valid-and-blank': valid + abstained, cast: valid + abstained + invalid }[quorum.counted];
  const order = compare(whole(ballots), times(whole(entitled), rational(quorum.share)));
  return quorum.moreThan === true ? order > 0 : order >= 0;
}

export function plainLawSeats(chamber: LawfulChamber): PlainLawResult {
  if (!plainQuorum(chamber)) return { seats: chamber.lists.map(() => 0), tied: [], open: chamber.seats };
  const factors = plainParticipants(chamber);
  const { first, stride } = countingMethods[chamber.method].divisors;
  const divisor = (seat: number): Rational =>
    seat === 0 && chamber.firstDivisor !== null ? rational(chamber.firstDivisor) : whole(first + stride * seat);
  const seats = chamber.lists.map(() => 0);
  let open = chamber.seats;
  while (open > 0) {
    const claims = chamber.lists.flatMap(({ votes, candidates }, list) => {
      const factor = factors[list];
      const has = seats[list]!;
      if (!factor || (candidates !== null && has >= candidates)) return [];
      return [{ list, quotient: over(times(whole(votes), factor), divisor(has)) }];
    });
    if (claims.length === 0) break;
    const greatest = claims.reduce((best, claim) =>
      compare(claim.quotient, best.quotient) > 0 ? claim : best,
    ).quotient;
    const equal = claims.filter(({ quotient }) => compare(quotient, greatest) === 0).map(({ list }) => list);
    if (equal.length > open) return untie(chamber, seats, equal, open);
    for (const list of equal) seats[list]! += 1;
    open -= equal.length;
  }
  return { seats, tied: [], open };
}

/** One seat after the other to the one list that the rule prefers, as long as it prefers one group. */
function untie(chamber: LawfulChamber, seats: number[], equal: readonly number[], places: number): PlainLawResult {
  let tied = [...equal];
  let open = places;
  for (const rule of chamber.tieRules) {
    const key = (list: number): number => (rule === 'more-votes' ? chamber.lists[list]!.votes : -list);
    while (open > 0) {
      const best = Math.max(...tied.map(key));
      const preferred = tied.filter((list) => key(list) === best);
      if (preferred.length > open) {
        tied = preferred;
        break;
      }
      for (const list of preferred) seats[list]! += 1;
      open -= preferred.length;
      tied = tied.filter((list) => !preferred.includes(list));
    }
    if (open === 0) return { seats, tied: [], open: 0 };
  }
  return { seats, tied, open };
}

export function lawfulContest(chamber: LawfulChamber): CountedContest {
  const { method, seats, lists, threshold, firstDivisor, tieRules, quorum } = chamber;
  return {
    id: 'council',
    method,
    seats,
    minChoices: 1,
    maxChoices: 1,
    law: { threshold, tieRules, ...(firstDivisor !== null && { firstDivisor }), ...(quorum !== null && { quorum }) },
    options: lists.map((list, index) => ({
      id: optionId(index),
      number: index + 1,
      ...(list.threshold !== null && { threshold: list.threshold }),
      ...(list.candidates !== null && { candidates: list.candidates }),
    })),
  };
}

export function countLawful(chamber: LawfulChamber): SeatCount {
  const { lists, abstained, invalid, entitled } = chamber;
  const surroundings: Surroundings = { invalid, entitled, group: null };
  const totals = totalsOf(
    lists.map(({ votes }) => votes),
    abstained,
  );
  const count = countContest(lawfulContest(chamber), totals, null, surroundings);
  if (count.kind !== 'seats') throw new Error('counted by another method');
  return count;
}

const share = fc.oneof(
  fc.constantFrom<Fraction>({ numerator: 0, denominator: 1 }, { numerator: 5, denominator: 100 }),
  fc
    .integer({ min: 1, max: 400 })
    .chain((denominator) =>
      fc.integer({ min: 0, max: Math.ceil(denominator / 3) }).map((numerator) => ({ numerator, denominator })),
    ),
);
const list = (votesMax: number) =>
  fc.record({
    votes: fc.nat({ max: votesMax }),
    threshold: fc.oneof(
      { weight: 4, arbitrary: fc.constant(null) },
      { weight: 2, arbitrary: fc.constant('exempt' as const) },
      { weight: 1, arbitrary: share },
    ),
    candidates: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, fc.integer({ min: 1, max: 6 })),
  });

const factors = [
  { numerator: 27, denominator: 20 },
  { numerator: 2, denominator: 1 },
  { numerator: 1_000, denominator: 999 },
] as const;

/** Small votes make ties; large ones make products far beyond 2^53. */
export const lawfulChambers: fc.Arbitrary<LawfulChamber> = fc.constantFrom(6, 30, 1_000, 2 ** 36).chain((votesMax) =>
  fc.record({
    method: fc.constantFrom(...seatMethodNames),
    seats: fc.integer({ min: 0, max: 25 }),
    lists: fc.array(list(votesMax), { minLength: 1, maxLength: 7 }),
    threshold: fc.record(
      {
        share,
        of: fc.constantFrom('votes', 'valid', 'valid-and-blank', 'cast', 'entitled'),
        moreThan: fc.boolean(),
        exemptFactor: fc.constantFrom(...factors),
      },
      { requiredKeys: ['share', 'of'] },
    ),
    // Below the second divisor of every method.
    firstDivisor: fc.oneof(
      fc.constant(null),
      fc
        .integer({ min: 1, max: 50 })
        .chain((denominator) =>
          fc.integer({ min: denominator, max: 2 * denominator - 1 }).map((numerator) => ({ numerator, denominator })),
        ),
    ),
    tieRules: fc.constantFrom<readonly TieRule[]>([], ['more-votes'], ['lower-number'], ['more-votes', 'lower-number']),
    abstained: fc.nat({ max: votesMax }),
    invalid: fc.nat({ max: votesMax }),
    entitled: fc.nat({ max: 2 * votesMax }),
    quorum: fc.oneof(
      { weight: 4, arbitrary: fc.constant(null) },
      {
        weight: 1,
        arbitrary: fc.record(
          { share, counted: fc.constantFrom('valid', 'valid-and-blank', 'cast'), moreThan: fc.boolean() },
          { requiredKeys: ['share', 'counted'] },
        ),
      },
    ),
  }),
);
