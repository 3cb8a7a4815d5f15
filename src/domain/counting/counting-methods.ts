// Counts a contest by its method, and decides its tie by a drawing of lots. Pure: the same totals and the same lot give
// the same count, field by field, at any time and on any machine.
import { noSurroundings } from './contest-totals.ts';
import type { ContestTotals, CountedContest, Surroundings } from './contest-totals.ts';
import { countingMethods, isSeatMethod } from './method-table.ts';
import { countMostVotes } from './most-votes.ts';
import type { WinnerCount } from './most-votes.ts';
import { countSeats } from './seat-count.ts';
import type { SeatCount } from './seat-count.ts';
import { faultOfLot } from './tie.ts';
import type { Lot, LotFault } from './tie.ts';

/** The count of a contest: its winners or the seats of a chamber, distinguished by `kind`. All of it is JSON. */
export type ContestCount = WinnerCount | SeatCount;

/**
 * Counts a contest by its own method and law. Without a lot a tie stays open. Throws a RangeError for totals that no
 * ballots can give, and for a lot that does not decide the tie.
 */
export function countContest(
  contest: CountedContest,
  totals: ContestTotals,
  lot: Lot | null = null,
  surroundings: Surroundings = noSurroundings,
): ContestCount {
  const { method } = contest;
  if (!isSeatMethod(method)) return countMostVotes(method, contest, totals, surroundings, lot);
  return countSeats(method, countingMethods[method].divisors, contest, totals, surroundings, lot);
}

/**
 * The surroundings of a contest among the contests of its election: those of the election, and the contests that share
 * its threshold.
 */
export function surroundingsOf(
  contest: CountedContest,
  contests: readonly CountedContest[],
  totalsOf: (contestId: string) => ContestTotals,
  { invalid, entitled }: Pick<Surroundings, 'invalid' | 'entitled'>,
): Surroundings {
  const name = contest.law?.threshold?.group;
  const members = name === undefined ? [] : contests.filter(({ law }) => law?.threshold?.group === name);
  return { invalid, entitled, group: members.length === 0 ? null : members.map(({ id }) => totalsOf(id)) };
}

export type TieVerdict =
  { readonly resolved: true; readonly count: ContestCount } | { readonly resolved: false; readonly fault: LotFault };

/**
 * Counts a contest again with the lot that decides its tie; the lot is part of the count. The lot must name each tied
 * option once, so that no tied option can be omitted.
 */
export function resolveTie(
  contest: CountedContest,
  totals: ContestTotals,
  lot: Lot,
  surroundings: Surroundings = noSurroundings,
): TieVerdict {
  const fault = faultOfLot(countContest(contest, totals, null, surroundings).tie, lot);
  if (fault !== null) return { resolved: false, fault };
  return { resolved: true, count: countContest(contest, totals, lot, surroundings) };
}
