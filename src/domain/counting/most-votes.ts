// The options with the most votes: one winner, or as many as the contest has seats. Plurality and approval count in the
// same way and differ in the choices of a ballot.
import { baseNumbers, readTotals } from './contest-totals.ts';
import type { ContestTotals, CountedContest, CountedOption, Surroundings } from './contest-totals.ts';
import { numberOf, votesNeededFor } from './contest-law.ts';
import type { BaseNumbers, Requirement, ShareRequired, VotesRequired } from './contest-law.ts';
import { compareProducts } from './exact-integers.ts';
import type { WinnerMethod } from './method-table.ts';
import { countQuorum } from './quorum.ts';
import type { CountedQuorum } from './quorum.ts';
import { shareOf } from './share.ts';
import type { Fraction } from './share.ts';
import { decideByRules, winnersByLot } from './tie.ts';
import type { Lot, Tie, TieDecision } from './tie.ts';

export type RankedOption = CountedOption & {
  /** Of the valid ballots. With several choices a ballot the shares may add up to more than 1. Null without ballots. */
  readonly share: Fraction | null;
  /** 1 for the most votes; equal votes have equal ranks and the next rank is omitted (1, 2, 2, 4). */
  readonly rank: number;
};

/** A requirement with the number that its share is of, and the fewest votes that fulfil it. */
export type CountedRequirement =
  | (ShareRequired & { readonly base: number; readonly votesNeeded: number })
  | (VotesRequired & { readonly votesNeeded: number });

/** What a contest for several winners, or with a law of its own, states beside the winner. */
export type WinnersByLaw = {
  /** How many can be elected. */
  readonly seats: number;
  /** The elected, by number on the ballot. While a tie is open, only those who are certain. */
  readonly winners: readonly string[];
  /** Seats that stay empty: no option has votes for them, or enough. */
  readonly seatsEmpty: number;
  /** What each winner needs; empty if nothing but the most votes. */
  readonly required: readonly CountedRequirement[];
  /** Null where the law has none. Without a quorum that is met no one is elected. */
  readonly quorum: CountedQuorum | null;
  readonly tieDecisions: readonly TieDecision[];
};

export type WinnerCount = {
  readonly kind: 'winner';
  readonly contestId: string;
  readonly method: WinnerMethod;
  readonly valid: number;
  readonly abstained: number;
  /** By number on the ballot. */
  readonly options: readonly RankedOption[];
  /** Null if no one is elected, while a tie is not decided, and where several are elected: see `winners`. */
  readonly winner: string | null;
  /** Votes between the first and the second, 0 in a tie; a single option leads by all its votes. */
  readonly lead: number;
  /** Whether the first has more than half of the valid ballots. */
  readonly majority: boolean;
  readonly tie: Tie | null;
} & { readonly [Field in keyof WinnersByLaw]?: WinnersByLaw[Field] | undefined };

/**
 * Counts a contest for its winners. An option without votes or a withdrawn one never wins.
 * Throws as `readTotals`, and for a law that needs
 * the number of people who may vote where it is not known.
 */
export function countMostVotes(
  method: WinnerCount['method'],
  contest: CountedContest,
  totals: ContestTotals,
  surroundings: Surroundings,
  lot: Lot | null,
): WinnerCount {
  const { options } = readTotals(contest, totals);
  const { valid, abstained } = totals;
  const withdrawn = new Set(contest.options.flatMap((option) => (option.withdrawnAt === undefined ? [] : [option.id])));
  const candidates = options.filter(({ optionId }) => !withdrawn.has(optionId));
  const [most = 0, second = 0] = fallingVotes(candidates);
  const falling = fallingVotes(options);
  const rankOf = new Map<number, number>();
  for (const [index, votes] of falling.entries()) if (!rankOf.has(votes)) rankOf.set(votes, index + 1);
  const { winners, tie, ...law } = elect(contest, candidates, baseNumbers(contest, totals, surroundings), lot);
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
    winner: law.seats === 1 ? (winners[0] ?? null) : null,
    lead: most - second,
    majority: compareProducts(2, most, 1, valid) > 0,
    // Results of earlier versions have one winner and no law, and a recount must give the same bytes.
    ...((contest.seats !== undefined || contest.law !== undefined) && { winners, ...law }),
    tie,
  };
}

const fallingVotes = (options: readonly CountedOption[]): readonly number[] =>
  options.map(({ votes }) => votes).sort((a, b) => b - a);

/** Elects the options with the most votes among those that fulfil what the law requires. */
function elect(
  { id, seats = 1, law }: CountedContest,
  options: readonly CountedOption[],
  numbers: BaseNumbers,
  lot: Lot | null,
): WinnersByLaw & { readonly tie: Tie | null } {
  const required = (law?.required ?? []).map((requirement) => countRequirement(requirement, numbers));
  const quorum = law?.quorum === undefined ? null : countQuorum(law.quorum, numbers);
  const needed = Math.max(1, ...required.map(({ votesNeeded }) => votesNeeded));
  const electable = quorum?.met === false ? [] : options.filter(({ votes }) => votes >= needed);
  const last = [...electable].sort((a, b) => b.votes - a.votes)[seats - 1]?.votes ?? 0;
  const equals = electable.filter(({ votes }) => votes === last);
  const certain = electable.filter(({ votes }) => votes > last);
  const places = seats - certain.length;
  const isTie = equals.length > places;
  const {
    decisions,
    winners: byRule,
    open,
    places: seatsLeft,
  } = decideByRules(law?.tieRules ?? [], isTie ? equals : [], places);
  const tie: Tie | null = open.length === 0 ? null : { tied: open.map(({ optionId }) => optionId), seatsLeft, lot };
  if (tie === null && lot !== null) throw new RangeError(`contest ${id} has no tie to decide by lot`);
  const byLot = tie === null || lot === null ? new Set<string>() : winnersByLot(tie, lot);
  const elected = new Set([...certain, ...(isTie ? byRule : equals)].map(({ optionId }) => optionId));
  const winners = options.filter(({ optionId }) => elected.has(optionId) || byLot.has(optionId));
  const isOpen = tie !== null && lot === null;
  return {
    seats,
    winners: winners.map(({ optionId }) => optionId),
    seatsEmpty: isOpen ? 0 : seats - winners.length,
    required,
    quorum,
    tieDecisions: decisions,
    tie,
  };
}

function countRequirement(requirement: Requirement, numbers: BaseNumbers): CountedRequirement {
  const votesNeeded = votesNeededFor(requirement, numbers);
  if ('votes' in requirement) return { ...requirement, votesNeeded };
  return { ...requirement, base: numberOf(requirement.of, numbers), votesNeeded };
}
