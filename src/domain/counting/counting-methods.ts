// Counts a contest by its method, and decides its tie by a drawing of lots. Pure: the same totals and the same lot give
// the same count, field by field, at any time and on any machine.
import { noSurroundings } from './contest-totals.ts';
import type { ContestTotals, CountedContest, LocalContest, Surroundings } from './contest-totals.ts';
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
 * The surroundings of a contest among the contests of its election: those of the election, the contests that share its
 * threshold, and the local contests of its group with their lots.
 */
export function surroundingsOf(
  contest: CountedContest,
  contests: readonly CountedContest[],
  totalsOf: (contestId: string) => ContestTotals,
  lotOf: (contestId: string) => Lot | undefined,
  { invalid, entitled }: Pick<Surroundings, 'invalid' | 'entitled'>,
): Surroundings {
  const { group: name, localSeats } = contest.law?.threshold ?? {};
  const members = name === undefined ? [] : contests.filter(({ law }) => law?.threshold?.group === name);
  const around = { invalid, entitled, group: members.length === 0 ? null : members.map(({ id }) => totalsOf(id)) };
  if (localSeats === undefined) return around;
  const local = contests
    .filter(({ law }) => law?.localOf === name)
    .map((each) => localContest(each, totalsOf(each.id), lotOf(each.id), { invalid, entitled, group: null }));
  return { ...around, local };
}

/** Who won a local contest, and who is still equal. A lot that does not decide its tie is none. */
function localContest(
  contest: CountedContest,
  totals: ContestTotals,
  lot: Lot | undefined,
  surroundings: Surroundings,
): LocalContest {
  const verdict = lot === undefined ? null : resolveTie(contest, totals, lot, surroundings);
  const count = verdict?.resolved === true ? verdict.count : countContest(contest, totals, null, surroundings);
  if (count.kind !== 'winner') throw new RangeError(`contest ${contest.id} has no winners`);
  const { winner, winners = winner === null ? [] : [winner], tie } = count;
  return { winners, tied: tie === null || tie.lot !== null ? [] : tie.tied };
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
