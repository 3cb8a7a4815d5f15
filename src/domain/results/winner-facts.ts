// The facts of a contest that elects one winner, as data. The public page, the panel, print and files render these
// facts; none of them decides who leads or what a majority is.
import type { RankedOption, WinnerCount } from '../counting/most-votes.ts';
import type { Fraction } from '../counting/share.ts';
import { tieFacts } from './tie-facts.ts';
import type { TieFacts } from './tie-facts.ts';

export type WinnerOutcome =
  | { readonly kind: 'no-votes' }
  | { readonly kind: 'tied'; readonly tied: readonly string[] }
  | { readonly kind: 'won-by-lot'; readonly winner: string; readonly tied: readonly string[] }
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

export type WinnerRow = RankedOption & { readonly wins: boolean };

export type WinnerFacts = {
  readonly outcome: WinnerOutcome;
  /** Whether a ballot could choose several options. The shares may then add up to more than the whole. */
  readonly severalChoices: boolean;
  /** Whether there are valid ballots, of which half is a line in the drawing. */
  readonly hasHalf: boolean;
  /** The most votes first; equal votes by number on the ballot. */
  readonly rows: readonly WinnerRow[];
  readonly tie: TieFacts | null;
};

export function winnerFacts(count: WinnerCount, { maxChoices }: { readonly maxChoices: number }): WinnerFacts {
  return {
    outcome: winnerOutcome(count),
    severalChoices: maxChoices > 1,
    hasHalf: count.valid > 0,
    rows: [...count.options]
      .sort((a, b) => a.rank - b.rank || a.number - b.number)
      .map((option) => ({ ...option, wins: option.optionId === count.winner })),
    tie: tieFacts(count.tie),
  };
}

/** The outcome of the contest. */
export function winnerOutcome({ winner, options, lead, majority, tie }: WinnerCount): WinnerOutcome {
  if (tie !== null) {
    const { tied } = tie;
    return winner === null ? { kind: 'tied', tied } : { kind: 'won-by-lot', winner, tied };
  }
  const share = options.find(({ optionId }) => optionId === winner)?.share ?? null;
  if (winner === null || share === null) return { kind: 'no-votes' };
  return { kind: 'won', winner, share, lead: options.length > 1 ? lead : null, majority };
}
