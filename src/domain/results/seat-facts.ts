// The facts of a contest that shares seats, as data: who leads, what a majority is, what an open tie leaves undecided.
// The public page, the panel, print and files render these facts and decide none of them.
import { divisorAt } from '../counting/apportion.ts';
import { countingMethods } from '../counting/method-table.ts';
import type { SeatMethod } from '../counting/method-table.ts';
import type { CountedQuorum } from '../counting/quorum.ts';
import type { SeatCount, SeatedOption } from '../counting/seat-count.ts';
import { shareOf } from '../counting/share.ts';
import type { Fraction } from '../counting/share.ts';
import { readThreshold } from '../counting/threshold.ts';
import type { ReadThreshold } from '../counting/threshold.ts';
import type { TieDecision } from '../counting/tie.ts';
import { divisorsOfCount, lawfulDivisor } from './quotient-facts.ts';
import { shareMarks } from './share-marks.ts';
import { isOpenTie, tieFacts } from './tie-facts.ts';
import type { TieFacts } from './tie-facts.ts';

/** Seats of a majority: more than half of the chamber. */
export const majorityOf = (seats: number): number => Math.floor(seats / 2) + 1;

export type SeatOutcome =
  | { readonly kind: 'no-votes' }
  | { readonly kind: 'none-eligible' }
  /** Too few ballots for any seat to be shared. */
  | { readonly kind: 'no-quorum' }
  /** An open tie is for all seats that could be won, or decides who takes part: none is certain. */
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
  /** The first three divisors: from the second the sequence continues in equal steps. */
  readonly divisors: readonly [Fraction, Fraction, Fraction];
  /** Null if the contest has none. */
  readonly threshold: ReadThreshold | null;
  /** Whether the votes of several contests count together for the threshold. */
  readonly hasGroup: boolean;
  /** Null if local contests do not count. */
  readonly local: null | {
    /** So many of them an option must win. */
    readonly needed: number;
    /** The options that take part by them alone. */
    readonly options: readonly string[];
  };
  readonly quorum: CountedQuorum | null;
  /** Options with a threshold of their own, in ballot order; 0 is none. */
  readonly ownThresholds: readonly { readonly optionId: string; readonly votesNeeded: number }[];
  /** Options whose quotients are multiplied, all by the same factor; null if there are none. */
  readonly multiplied: null | { readonly options: readonly string[]; readonly factor: Fraction };
  /** Lists all of whose candidates have a seat, so that further seats went to others. */
  readonly fullLists: readonly string[];
  /** Shares that no rounded share may cross. */
  readonly marks: readonly Fraction[];
  /** Options that take part in the sharing, the most votes first; equal votes by number on the ballot. */
  readonly eligible: readonly SeatedOption[];
  /** Options that were withdrawn, in the same order: after those that take part, in every table. */
  readonly withdrawn: readonly SeatedOption[];
  /** Options without the votes to take part, in the same order: the last, in every table. */
  readonly excluded: readonly SeatedOption[];
  /** Whether a line of the table divides the two: there is a threshold, and it excludes options. */
  readonly thresholdDivides: boolean;
  /** Seats that no option has. */
  readonly unassigned: null | {
    readonly seats: number;
    readonly why: 'tied' | 'no-quorum' | 'none-eligible' | 'lists-full';
  };
  /** Options that could have won one more seat, the fewest missing votes first. */
  readonly closest: readonly { readonly optionId: string; readonly votesShort: number }[];
  /** What the tie rules of the law decided. */
  readonly decisions: readonly TieDecision[];
  readonly tie: TieFacts | null;
};

export function seatFacts(count: SeatCount): SeatFacts {
  const { seats, method, options, tie, tieDecisions = [], quorum = null } = count;
  const threshold = readThreshold(count.threshold, count.votes);
  const divisors = divisorsOfCount(count);
  const divisor = (place: number): Fraction => lawfulDivisor(count, divisorAt(divisors, place));
  const sorted = [...options].sort((a, b) => b.votes - a.votes || a.number - b.number);
  const eligible = sorted.filter(({ standing }) => standing === 'eligible');
  const withdrawn = sorted.filter(({ standing }) => standing === 'withdrawn');
  const excluded = sorted.filter(({ standing }) => standing !== 'eligible' && standing !== 'withdrawn');
  const missing = seats - options.reduce((sum, option) => sum + option.seats, 0);
  const hasThreshold = threshold.share.numerator > 0;
  const multiplied = options.filter(({ factor }) => factor !== undefined);
  return {
    outcome: seatOutcome(count),
    seats,
    method,
    methodText: countingMethods[method].texts.name,
    divisors: [divisor(0), divisor(1), divisor(2)],
    threshold: hasThreshold ? threshold : null,
    hasGroup: options.some(({ groupVotes }) => groupVotes !== undefined),
    local: localFacts(threshold, eligible),
    quorum,
    ownThresholds: options.flatMap(({ optionId, votesNeeded }) =>
      votesNeeded === undefined ? [] : [{ optionId, votesNeeded }],
    ),
    multiplied:
      multiplied[0]?.factor === undefined ? null : { options: idsOf(multiplied), factor: multiplied[0].factor },
    fullLists: idsOf(options.filter((option) => option.seats === option.candidates)),
    marks: shareMarks(count),
    eligible,
    withdrawn,
    excluded,
    thresholdDivides: hasThreshold && excluded.length > 0 && count.votes > 0,
    unassigned: missing === 0 ? null : { seats: missing, why: whyUnassigned(count) },
    closest: options
      .flatMap(({ optionId, votesToNextSeat }) =>
        votesToNextSeat === null ? [] : [{ optionId, votesShort: votesToNextSeat }],
      )
      .sort((a, b) => a.votesShort - b.votesShort),
    decisions: tieDecisions,
    tie: tieFacts(tie),
  };
}

function whyUnassigned(count: SeatCount): NonNullable<SeatFacts['unassigned']>['why'] {
  if (isUndecided(count)) return 'tied';
  if (count.quorum?.met === false) return 'no-quorum';
  return count.options.every(({ standing }) => standing !== 'eligible') ? 'none-eligible' : 'lists-full';
}

/** Whether an open tie, of this contest or a local one, leaves seats undecided. */
const isUndecided = ({ tie, undecided }: SeatCount): boolean => isOpenTie(tie) || undecided === true;

function localFacts({ localSeats, votesNeeded }: ReadThreshold, eligible: readonly SeatedOption[]): SeatFacts['local'] {
  if (localSeats === undefined) return null;
  const byLocal = eligible.filter(
    (option) => (option.groupVotes ?? option.votes) < (option.votesNeeded ?? votesNeeded),
  );
  return { needed: localSeats, options: idsOf(byLocal) };
}

const idsOf = (options: readonly { readonly optionId: string }[]): readonly string[] =>
  options.map(({ optionId }) => optionId);

/** The share of the threshold's base that an option's votes are. */
export const baseShare = (
  { base }: Pick<ReadThreshold, 'base'>,
  { votes, groupVotes }: Pick<SeatedOption, 'votes' | 'groupVotes'>,
): Fraction | null => shareOf(groupVotes ?? votes, base);

/** The outcome of the contest. */
export function seatOutcome(count: SeatCount): SeatOutcome {
  const { options, seats, votes, quorum } = count;
  const most = Math.max(0, ...options.map((option) => option.seats));
  const soFar = isUndecided(count);
  if (most === 0) {
    if (votes === 0) return { kind: 'no-votes' };
    if (quorum?.met === false) return { kind: 'no-quorum' };
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
