// The table of counting methods, and the two things one does with it: count a contest, and decide its tie by a lot.
// Pure: the same totals and the same lot give the same count, member by member, whenever and wherever it is computed.
import { dhondtDivisors, sainteLagueDivisors } from './apportion.ts';
import type { CountingMethod } from '../election.ts';
import type { ContestTotals, CountedContest } from './contest-totals.ts';
import { countMostVotes } from './most-votes.ts';
import type { WinnerCount } from './most-votes.ts';
import { countSeats } from './seat-count.ts';
import type { SeatCount } from './seat-count.ts';
import { faultOfLot } from './tie.ts';
import type { Lot, LotFault } from './tie.ts';

/** What counting a contest found: one winner or the seats of a house, told apart by `kind`. All of it is JSON. */
export type ContestCount = WinnerCount | SeatCount;

export type CountingRule = {
  /** Whether a contest of this method has seats and may have a threshold. */
  readonly sharesSeats: boolean;
  /** Counts; throws a RangeError for totals that no ballots can give, or a lot that does not decide the tie. */
  readonly count: (contest: CountedContest, totals: ContestTotals, lot: Lot | null) => ContestCount;
};

export const countingMethods: Readonly<Record<CountingMethod, CountingRule>> = {
  plurality: { sharesSeats: false, count: (...input) => countMostVotes('plurality', ...input) },
  approval: { sharesSeats: false, count: (...input) => countMostVotes('approval', ...input) },
  dhondt: { sharesSeats: true, count: (...input) => countSeats('dhondt', dhondtDivisors, ...input) },
  sainteLague: { sharesSeats: true, count: (...input) => countSeats('sainteLague', sainteLagueDivisors, ...input) },
};

/** Counts a contest by its own method. A tie stays open. */
export function countContest(contest: CountedContest, totals: ContestTotals): ContestCount {
  return countingMethods[contest.method].count(contest, totals, null);
}

export type TieVerdict =
  { readonly resolved: true; readonly count: ContestCount } | { readonly resolved: false; readonly fault: LotFault };

/**
 * Counts a contest again with the lot that decides its tie; the lot stays in the count. It must name each tied option
 * once: what is drawn are all of them, so that nobody can leave one out.
 */
export function resolveTie(contest: CountedContest, totals: ContestTotals, lot: Lot): TieVerdict {
  const fault = faultOfLot(countContest(contest, totals).tie, lot);
  if (fault !== null) return { resolved: false, fault };
  return { resolved: true, count: countingMethods[contest.method].count(contest, totals, lot) };
}
