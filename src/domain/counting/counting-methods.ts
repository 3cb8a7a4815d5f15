// Counts a contest by its method, and decides its tie by a drawing of lots. Pure: the same totals and the same lot give
// the same count, field by field, at any time and on any machine.
import type { ContestTotals, CountedContest } from './contest-totals.ts';
import { countingMethods, isSeatMethod } from './method-table.ts';
import { countMostVotes } from './most-votes.ts';
import type { WinnerCount } from './most-votes.ts';
import { countSeats } from './seat-count.ts';
import type { SeatCount } from './seat-count.ts';
import { faultOfLot } from './tie.ts';
import type { Lot, LotFault } from './tie.ts';

/** The count of a contest: one winner or the seats of a chamber, distinguished by `kind`. All of it is JSON. */
export type ContestCount = WinnerCount | SeatCount;

/**
 * Counts a contest by its own method. Without a lot a tie stays open. Throws a RangeError for totals that no ballots can
 * give, and for a lot that does not decide the tie.
 */
export function countContest(contest: CountedContest, totals: ContestTotals, lot: Lot | null = null): ContestCount {
  const { method } = contest;
  if (isSeatMethod(method)) return countSeats(method, countingMethods[method].divisors, contest, totals, lot);
  return countMostVotes(method, contest, totals, lot);
}

export type TieVerdict =
  { readonly resolved: true; readonly count: ContestCount } | { readonly resolved: false; readonly fault: LotFault };

/**
 * Counts a contest again with the lot that decides its tie; the lot is part of the count. The lot must name each tied
 * option once, so that no tied option can be omitted.
 */
export function resolveTie(contest: CountedContest, totals: ContestTotals, lot: Lot): TieVerdict {
  const fault = faultOfLot(countContest(contest, totals).tie, lot);
  if (fault !== null) return { resolved: false, fault };
  return { resolved: true, count: countContest(contest, totals, lot) };
}
