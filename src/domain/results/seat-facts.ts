// The facts of a contest that shares seats, as data: who leads, what a majority is, what an open tie leaves undecided.
// The public page, the panel, print and files render these facts and decide none of them.
import { divisorAt } from '../counting/apportion.ts';
import { countingMethods } from '../counting/method-table.ts';
import type { SeatMethod } from '../counting/method-table.ts';
import type { SeatCount, SeatedOption } from '../counting/seat-count.ts';
import type { Threshold } from '../counting/threshold.ts';
import { isOpenTie, tieFacts } from './tie-facts.ts';
import type { TieFacts } from './tie-facts.ts';

/** Seats of a majority: more than half of the chamber. */
export const majorityOf = (seats: number): number => Math.floor(seats / 2) + 1;

export type SeatOutcome =
  | { readonly kind: 'no-votes' }
  | { readonly kind: 'none-eligible' }
  /** An open tie is for all seats that could be won: none is certain. */
  | { readonly kind: 'none-certain' }
  | {
      readonly kind: 'leading';
      /** Those with the most seats, by number on the ballot. */
      readonly leaders: readonly string[];
      /** Seats of each of them. */
      readonly seats: number;
      readonly majority: number;
      /** Seats above the majority, 0 for exactly a majority; null below it. */
      readonly aboveMajority: number | null;
      /** While a tie is open: only the certain seats. */
      readonly soFar: boolean;
    };

export type SeatFacts = {
  readonly outcome: SeatOutcome;
  readonly seats: number;
  readonly method: SeatMethod;
  /** The key of the method's name. */
  readonly methodText: (typeof countingMethods)[SeatMethod]['texts']['name'];
  /** The first three divisors of the method: the sequence continues in equal steps. */
  readonly divisors: readonly [number, number, number];
  /** Null if the contest has none. */
  readonly threshold: Threshold | null;
  /** Options that take part in the sharing, the most votes first; equal votes by number on the ballot. */
  readonly eligible: readonly SeatedOption[];
  /** The other options, in the same order. */
  readonly excluded: readonly SeatedOption[];
  /** Whether a line of the table divides the two: there is a threshold, and it excludes options. */
  readonly thresholdDivides: boolean;
  /** Seats that no option has. */
  readonly unassigned: null | { readonly seats: number; readonly why: 'tied' | 'none-eligible' };
  /** Options that could have won one more seat, the fewest missing votes first. */
  readonly closest: readonly { readonly optionId: string; readonly votesShort: number }[];
  readonly tie: TieFacts | null;
};

export function seatFacts(count: SeatCount): SeatFacts {
  const { seats, method, threshold, options, tie } = count;
  const { divisors, texts } = countingMethods[method];
  const sorted = [...options].sort((a, b) => b.votes - a.votes || a.number - b.number);
  const eligible = sorted.filter(({ standing }) => standing === 'eligible');
  const excluded = sorted.filter(({ standing }) => standing !== 'eligible');
  const missing = seats - options.reduce((sum, option) => sum + option.seats, 0);
  const hasThreshold = threshold.perMyriad > 0;
  return {
    outcome: seatOutcome(count),
    seats,
    method,
    methodText: texts.name,
    divisors: [divisorAt(divisors, 0), divisorAt(divisors, 1), divisorAt(divisors, 2)],
    threshold: hasThreshold ? threshold : null,
    eligible,
    excluded,
    thresholdDivides: hasThreshold && excluded.length > 0 && count.votes > 0,
    unassigned: missing === 0 ? null : { seats: missing, why: isOpenTie(tie) ? 'tied' : 'none-eligible' },
    closest: options
      .flatMap(({ optionId, votesToNextSeat }) =>
        votesToNextSeat === null ? [] : [{ optionId, votesShort: votesToNextSeat }],
      )
      .sort((a, b) => a.votesShort - b.votesShort),
    tie: tieFacts(tie),
  };
}

/** The outcome of the contest. */
export function seatOutcome({ options, seats, votes, tie }: SeatCount): SeatOutcome {
  const most = Math.max(0, ...options.map((option) => option.seats));
  const soFar = isOpenTie(tie);
  if (most === 0) {
    if (votes === 0) return { kind: 'no-votes' };
    return { kind: soFar ? 'none-certain' : 'none-eligible' };
  }
  const majority = majorityOf(seats);
  return {
    kind: 'leading',
    leaders: options.filter((option) => option.seats === most).map(({ optionId }) => optionId),
    seats: most,
    majority,
    aboveMajority: most < majority ? null : most - majority,
    soFar,
  };
}
