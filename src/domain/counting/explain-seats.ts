// Explains how the seats of a chamber were shared, as data that anyone can check on paper: which quotient won which
// seat, which was next, and how many votes were missing. Nothing here may change a seat.
import type { Claimant, Divisors } from './apportion.ts';
import { compareClaims, compareHoldings, hasRoom, lastDivisor, nextDivisor } from './apportion.ts';
import { compareProducts, floorOfProduct } from './exact-integers.ts';
import { createHeap } from './heap.ts';

/** Most seats that are explained one by one, the last ones: every seat of any parliament but one. */
export const seatStepsMax = 1_000;

/**
 * The quotient votes ÷ divisor of an option, as a fraction. Where the law names the first divisor, `divisor` is in parts
 * of its denominator; where the law multiplies quotients, the option's `factor` is not in it.
 */
export type Quotient = { readonly optionId: string; readonly votes: number; readonly divisor: number };

export type SeatStep = Quotient & {
  /** 1 for the seat with the greatest quotient. */
  readonly seat: number;
  /** Won with the same quotient as the seat before: the order of the two has no meaning, both were won. */
  readonly equalToPrevious: boolean;
};

export type LastSeat = {
  /** The holders of the smallest quotient that won; several if their quotients are equal. */
  readonly winners: readonly Quotient[];
  /**
   * The options with the greatest quotient that could have taken it from another, and how many more votes that needed.
   */
  readonly runnersUp: readonly (Quotient & { readonly votesShort: number })[];
};

/** The last seats up to `seatStepsMax`, in the order in which they were won; equal ones by number on the ballot. */
export function explainSteps(divisors: Divisors, claimants: readonly Claimant[]): readonly SeatStep[] {
  const holders = claimants
    .filter(({ seats }) => seats > 0)
    // Written out: objects from spreading are ten times slower in computations.
    .map(({ optionId, number, votes, weight, strength, seatsMax, seats }): Claimant => {
      return { optionId, number, votes, weight, strength, seatsMax, seats };
    });
  // From the last seat back: the smallest quotient first.
  const holdings = createHeap(holders, (a, b) => {
    const order = compareHoldings(divisors, a, b);
    return order < 0 || (order === 0 && a.number > b.number);
  });
  const steps: SeatStep[] = [];
  let seat = holders.reduce((sum, { seats }) => sum + seats, 0);
  for (let last = holdings.first(); last !== undefined && steps.length < seatStepsMax; last = holdings.first()) {
    const { optionId, votes, strength } = last;
    const divisor = lastDivisor(divisors, last.seats);
    last.seats -= 1;
    if (last.seats === 0) holdings.remove();
    else holdings.sink();
    const before = holdings.first();
    const equalToPrevious =
      before !== undefined &&
      compareProducts(strength, lastDivisor(divisors, before.seats), before.strength, divisor) === 0;
    steps.push({ seat, optionId, votes, divisor, equalToPrevious });
    seat -= 1;
  }
  return steps.reverse();
}

/** The claimants of one more seat: the greatest claim, and all that equal it. A full list claims none. */
export function greatestClaims(divisors: Divisors, claimants: readonly Claimant[]): readonly Claimant[] {
  return firstOf(claimants.filter(hasRoom), (a, b) => compareClaims(divisors, b, a));
}

export function claimOf(divisors: Divisors, { optionId, votes, seats }: Claimant): Quotient {
  return { optionId, votes, divisor: nextDivisor(divisors, seats) };
}

/** The quotient that an option's must exceed to win one more seat for certain. */
type Bar = { readonly strength: number; readonly divisor: number };

/**
 * How many more votes would have brought an option one more seat for certain, without any tie, if all other votes had
 * been the same and the same options had passed the threshold (more votes in total also raise that). Null if no seat
 * can be won from another, and for a full list. One more seat is certain exactly if its quotient exceeds the smallest that won among the
 * others, or, while a tie is open, the tied one. The votes needed are at most (1 + stride ÷ first) times the votes
 * cast, see `contestVotesMax`.
 */
export function createVotesToNextSeat(
  divisors: Divisors,
  claimants: readonly Claimant[],
  tied: readonly Claimant[],
): (claimant: Claimant) => number | null {
  const barOf = createBars(divisors, claimants, tied);
  return (claimant) => {
    const bar = barOf(claimant);
    if (bar === null || !hasRoom(claimant)) return null;
    const divisor = bar.divisor * claimant.weight;
    return floorOfProduct(bar.strength, nextDivisor(divisors, claimant.seats), divisor) + 1 - claimant.votes;
  };
}

function createBars(
  divisors: Divisors,
  claimants: readonly Claimant[],
  tied: readonly Claimant[],
): (claimant: Claimant) => Bar | null {
  const [open] = tied;
  if (open !== undefined) return () => ({ strength: open.strength, divisor: nextDivisor(divisors, open.seats) });
  const lastQuotientOf = (holder: Claimant | undefined): Bar | null =>
    holder === undefined ? null : { strength: holder.strength, divisor: lastDivisor(divisors, holder.seats) };
  const [last] = leastHoldings(divisors, claimants);
  const [lastOfOthers] = leastHoldings(
    divisors,
    claimants.filter((claimant) => claimant !== last),
  );
  return (claimant) => lastQuotientOf(claimant === last ? lastOfOthers : last);
}

/** The last seat and the runners-up; null if there is none or a tie is open for it. */
export function explainLastSeat(
  divisors: Divisors,
  claimants: readonly Claimant[],
  votesToNextSeat: (claimant: Claimant) => number | null,
): LastSeat | null {
  const winners = leastHoldings(divisors, claimants);
  const [winner] = winners;
  if (winner === undefined) return null;
  // A single winner cannot take its own seat from itself; of several each could take another's.
  const rivals = winners.length > 1 ? claimants : claimants.filter((claimant) => claimant !== winner);
  return {
    winners: winners.map(({ optionId, votes, seats }) => ({ optionId, votes, divisor: lastDivisor(divisors, seats) })),
    runnersUp: greatestClaims(divisors, rivals).flatMap((rival) => {
      const votesShort = votesToNextSeat(rival);
      return votesShort === null ? [] : [{ ...claimOf(divisors, rival), votesShort }];
    }),
  };
}

function leastHoldings(divisors: Divisors, claimants: readonly Claimant[]): readonly Claimant[] {
  const holders = claimants.filter(({ seats }) => seats > 0);
  return firstOf(holders, (a, b) => compareHoldings(divisors, a, b));
}

/** The items that no other item precedes, in their order. */
function firstOf<Item>(items: readonly Item[], compare: (a: Item, b: Item) => number): readonly Item[] {
  let first: Item[] = [];
  for (const item of items) {
    const [best] = first;
    const order = best === undefined ? 0 : compare(item, best);
    if (order < 0) first = [item];
    else if (order === 0) first.push(item);
  }
  return first;
}
