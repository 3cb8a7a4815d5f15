// One winner: the option with the most votes. Plurality and approval count in the same way and differ in the choices of
// a ballot.
import type { ContestTotals, CountedContest, CountedOption } from './contest-totals.ts';
import { readTotals } from './contest-totals.ts';
import { compareProducts } from './exact-integers.ts';
import type { WinnerMethod } from './method-table.ts';
import { shareOf } from './share.ts';
import type { Fraction } from './share.ts';
import { winnersByLot } from './tie.ts';
import type { Lot, Tie } from './tie.ts';

export type RankedOption = CountedOption & {
  /** Of the valid ballots. With several choices a ballot the shares may add up to more than 1. Null without ballots. */
  readonly share: Fraction | null;
  /** 1 for the most votes; equal votes have equal ranks and the next rank is omitted (1, 2, 2, 4). */
  readonly rank: number;
};

export type WinnerCount = {
  readonly kind: 'winner';
  readonly contestId: string;
  readonly method: WinnerMethod;
  readonly valid: number;
  readonly abstained: number;
  /** By number on the ballot. */
  readonly options: readonly RankedOption[];
  /** Null without any vote, and while a tie is not decided. */
  readonly winner: string | null;
  /** Votes between the first and the second, 0 in a tie; a single option leads by all its votes. */
  readonly lead: number;
  /** Whether the first has more than half of the valid ballots. */
  readonly majority: boolean;
  readonly tie: Tie | null;
};

/** Counts a contest for one winner. Without any vote there is no winner and no tie. Throws as `readTotals`. */
export function countMostVotes(
  method: WinnerCount['method'],
  contest: CountedContest,
  totals: ContestTotals,
  lot: Lot | null,
): WinnerCount {
  const { options } = readTotals(contest, totals);
  const { valid, abstained } = totals;
  const falling = options.map(({ votes }) => votes).sort((a, b) => b - a);
  const [most = 0, second = 0] = falling;
  const rankOf = new Map<number, number>();
  for (const [index, votes] of falling.entries()) if (!rankOf.has(votes)) rankOf.set(votes, index + 1);
  const first = most === 0 ? [] : options.filter(({ votes }) => votes === most).map(({ optionId }) => optionId);
  const tie: Tie | null = first.length > 1 ? { tied: first, seatsLeft: 1, lot } : null;
  if (tie === null && lot !== null) throw new RangeError(`contest ${contest.id} has no tie to decide by lot`);
  const winners = tie === null ? first : lot === null ? [] : [...winnersByLot(tie, lot)];
  return {
    kind: 'winner',
    contestId: contest.id,
    method,
    valid,
    abstained,
    options: options.map((option) => ({
      ...option,
      share: shareOf(option.votes, valid),
      rank: rankOf.get(option.votes) ?? 1,
    })),
    winner: winners[0] ?? null,
    lead: most - second,
    majority: compareProducts(2, most, 1, valid) > 0,
    tie,
  };
}
