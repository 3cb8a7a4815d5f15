// The facts of a contest that elects the options with the most votes, as data. The public page, the panel, print and files render these
// facts; none of them decides who leads or what a majority is.
import type { ContestCount } from '../counting/counting-methods.ts';
import type { CountedRequirement, RankedOption, WinnerCount } from '../counting/most-votes.ts';
import type { CountedQuorum } from '../counting/quorum.ts';
import type { Fraction } from '../counting/share.ts';
import type { Contest } from '../election.ts';
import type { TieRule } from '../counting/contest-law.ts';
import type { TieDecision } from '../counting/tie.ts';
import { shareMarks } from './share-marks.ts';
import { isOpenTie, tieFacts } from './tie-facts.ts';
import type { TieFacts } from './tie-facts.ts';

export type WinnerOutcome =
  | { readonly kind: 'no-votes' }
  /** Too few ballots for anybody to be elected. */
  | { readonly kind: 'no-quorum'; readonly quorum: CountedQuorum }
  /** No option has the votes that the law requires. */
  | { readonly kind: 'none-reached'; readonly votesNeeded: number }
  /** Several seats. */
  | {
      readonly kind: 'elected';
      /** The most votes first; while a tie is open, only those who are certain. */
      readonly elected: readonly string[];
      readonly seats: number;
      /** Seats for which an open tie has to be decided. */
      readonly open: number;
      readonly seatsEmpty: number;
    }
  | { readonly kind: 'tied'; readonly tied: readonly string[] }
  | { readonly kind: 'won-by-lot'; readonly winner: string; readonly tied: readonly string[] }
  | {
      readonly kind: 'won-by-rule';
      readonly winner: string;
      readonly tied: readonly string[];
      readonly rule: TieRule;
    }
  | {
      readonly kind: 'won';
      readonly winner: string;
      /** Of the valid ballots. */
      readonly share: Fraction;
      /** Votes more than the next option; null if there is no other option. */
      readonly lead: number | null;
      /** Whether the winner has more than half of the valid ballots. */
      readonly majority: boolean;
    };

/**
 * What a table says beside an option: it won alone, it is one of several who are elected, it has too few votes, or it was
 * withdrawn.
 */
export type WinnerMark = 'wins' | 'elected' | 'not-enough' | 'withdrawn';
/** What of a contest its count does not say. */
export type RankedContest = {
  readonly maxChoices: number;
  readonly options: readonly Pick<Contest['options'][number], 'id' | 'withdrawnAt'>[];
};

export type WinnerRow = RankedOption & {
  readonly mark: WinnerMark | null;
};

export type WinnerFacts = {
  readonly outcome: WinnerOutcome;
  /** Whether a ballot could choose several options. The shares may then add up to more than the whole. */
  readonly severalChoices: boolean;
  readonly seats: number;
  readonly required: readonly CountedRequirement[];
  readonly quorum: CountedQuorum | null;
  /** Shares that no rounded share may cross. */
  readonly marks: readonly Fraction[];
  /** The share of the valid ballots that the law requires of the elected, which is a line in the drawing. */
  readonly line: Fraction | null;
  /** The most votes first; equal votes by number on the ballot. */
  readonly rows: readonly WinnerRow[];
  /** What the tie rules of the law decided. */
  readonly decisions: readonly TieDecision[];
  readonly tie: TieFacts | null;
};

export function winnerFacts(count: WinnerCount, contest: RankedContest): WinnerFacts {
  const { seats = 1, required = [], quorum = null, tieDecisions = [] } = count;
  const winners = winnersOf(count);
  const withdrawn = withdrawnIds(contest);
  const needed = neededOf(required);
  const markOf = ({ optionId, votes }: RankedOption): WinnerMark | null => {
    if (withdrawn.has(optionId)) return 'withdrawn';
    if (winners.has(optionId)) return seats > 1 ? 'elected' : 'wins';
    return votes < needed ? 'not-enough' : null;
  };
  return {
    outcome: winnerOutcome(count, contest),
    severalChoices: contest.maxChoices > 1,
    seats,
    required,
    quorum,
    marks: shareMarks(count),
    line: lineOf(count),
    rows: [...count.options]
      .sort((a, b) => a.rank - b.rank || a.number - b.number)
      .map((option) => ({ ...option, mark: markOf(option) })),
    decisions: tieDecisions,
    tie: tieFacts(count.tie),
  };
}

function lineOf({ valid, required = [] }: WinnerCount): Fraction | null {
  if (valid === 0) return null;
  for (const requirement of required) {
    if (!('votes' in requirement) && requirement.of === 'valid') return requirement.share;
  }
  return null;
}

const neededOf = (required: readonly CountedRequirement[]): number =>
  Math.max(0, ...required.map(({ votesNeeded }) => votesNeeded));

/** The elected. */
function winnersOf({ winner, winners }: WinnerCount): ReadonlySet<string> {
  return new Set(winners ?? (winner === null ? [] : [winner]));
}

/** Options that can win nothing. */
function withdrawnIds({ options }: Pick<RankedContest, 'options'>): ReadonlySet<string> {
  return new Set(options.flatMap(({ id, withdrawnAt }) => (withdrawnAt === undefined ? [] : [id])));
}

/** Whether options that were withdrawn have votes, which decide nothing. */
export function hasWithdrawnVotes(count: ContestCount, contest: Pick<RankedContest, 'options'>): boolean {
  const withdrawn = withdrawnIds(contest);
  return count.options.some(({ optionId, votes }) => votes > 0 && withdrawn.has(optionId));
}

/** The outcome of the contest among the options that were not withdrawn. */
export function winnerOutcome(count: WinnerCount, contest: Pick<RankedContest, 'options'>): WinnerOutcome {
  const { winner, lead, majority, tie, seats = 1, required = [], quorum = null } = count;
  const withdrawn = withdrawnIds(contest);
  const options = count.options.filter(({ optionId }) => !withdrawn.has(optionId));
  if (options.every(({ votes }) => votes === 0)) return { kind: 'no-votes' };
  if (quorum?.met === false) return { kind: 'no-quorum', quorum };
  const winners = winnersOf(count);
  if (winners.size === 0 && tie === null) return { kind: 'none-reached', votesNeeded: neededOf(required) };
  if (seats > 1) {
    const falling = [...options].sort((a, b) => a.rank - b.rank || a.number - b.number);
    return {
      kind: 'elected',
      elected: falling.map(({ optionId }) => optionId).filter((id) => winners.has(id)),
      seats,
      open: tie !== null && isOpenTie(tie) ? tie.seatsLeft : 0,
      seatsEmpty: count.seatsEmpty ?? 0,
    };
  }
  const ruled = count.tieDecisions?.at(-1);
  if (winner !== null && tie === null && ruled !== undefined) {
    return { kind: 'won-by-rule', winner, tied: ruled.tied, rule: ruled.rule };
  }
  if (tie !== null) {
    const { tied } = tie;
    return winner === null ? { kind: 'tied', tied } : { kind: 'won-by-lot', winner, tied };
  }
  const share = options.find(({ optionId }) => optionId === winner)?.share ?? null;
  if (winner === null || share === null) return { kind: 'no-votes' };
  return { kind: 'won', winner, share, lead: options.length > 1 ? lead : null, majority };
}
