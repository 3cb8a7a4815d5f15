// A chamber shared by a divisor method, with everything that explains it. Defined for every input: without votes, or
// with no option above the threshold, all seats stay empty; a single list takes all; with more lists than seats most
// get none; an option without votes never gets a seat, whatever the threshold; a chamber of no seats is empty.
import { apportion } from './apportion.ts';
import type { Claimant, Divisors } from './apportion.ts';
import type { ContestTotals, CountedContest, CountedOption } from './contest-totals.ts';
import { readTotals } from './contest-totals.ts';
import { claimOf, createVotesToNextSeat, explainLastSeat, explainSteps, greatestClaims } from './explain-seats.ts';
import type { LastSeat, Quotient, SeatStep } from './explain-seats.ts';
import type { SeatMethod } from './method-table.ts';
import { shareOf } from './share.ts';
import type { Fraction } from './share.ts';
import { thresholdOf } from './threshold.ts';
import type { Threshold } from './threshold.ts';
import { winnersByLot } from './tie.ts';
import type { Lot, Tie } from './tie.ts';

/** Most seats of a chamber. */
export const seatsMax = 1_000_000;

export type SeatedOption = CountedOption & {
  /** Of all votes for options. Null without votes. */
  readonly share: Fraction | null;
  readonly standing: 'eligible' | 'below-threshold' | 'no-votes';
  /** While a tie is open, only the seats that are certain. */
  readonly seats: number;
  /** The quotient votes ÷ nextDivisor by which an eligible option claims one more seat. */
  readonly nextDivisor: number | null;
  /** How many more votes would have brought one more seat for certain; see `createVotesToNextSeat`. */
  readonly votesToNextSeat: number | null;
};

export type SeatCount = {
  readonly kind: 'seats';
  readonly contestId: string;
  readonly method: SeatMethod;
  readonly valid: number;
  readonly abstained: number;
  /** All votes for options: the base of shares and threshold. Equal to the valid ballots if a ballot has one choice. */
  readonly votes: number;
  /** Seats of the chamber. */
  readonly seats: number;
  readonly threshold: Threshold;
  /** By number on the ballot. */
  readonly options: readonly SeatedOption[];
  /** Seats that stay empty, because no option is eligible. */
  readonly seatsEmpty: number;
  /**
   * The quotients that won seats, in this order; of a large chamber the last ones. Seats that a lot decided are the
   * last.
   */
  readonly steps: readonly SeatStep[];
  /** Earlier seats that `steps` omits. */
  readonly stepsOmitted: number;
  /** The quotient that would have won one more seat; several if tied for it. While a tie is open: the tied. */
  readonly nextSeat: readonly Quotient[];
  readonly lastSeat: LastSeat | null;
  readonly tie: Tie | null;
};

/** Counts a contest for seats. Throws as `readTotals`, and if the contest has no seats to share. */
export function countSeats(
  method: SeatCount['method'],
  divisors: Divisors,
  contest: CountedContest,
  totals: ContestTotals,
  lot: Lot | null,
): SeatCount {
  const { seats } = contest;
  if (seats === undefined || !Number.isSafeInteger(seats) || seats < 0 || seats > seatsMax) {
    throw new RangeError(`contest ${contest.id} has no seats to share, or more than ${seatsMax}`);
  }
  const { options, votes } = readTotals(contest, totals);
  const threshold = thresholdOf(contest.thresholdPercent ?? 0, votes);
  const claimants = options
    .filter((option) => standingOf(option, threshold) === 'eligible')
    // Written out, here and below: objects from spreading are ten times slower in computations.
    .map(({ optionId, number, votes }): Claimant => ({ optionId, number, votes, seats: 0 }));
  const tied = apportion(divisors, claimants, seats);
  const tie = tieOf(contest.id, seats, claimants, tied, lot);
  const isOpen = tie !== null && tie.lot === null;
  const votesToNextSeat = createVotesToNextSeat(divisors, claimants, isOpen ? tied : []);
  const seated = new Map(claimants.map((claimant) => [claimant.optionId, claimant]));
  const steps = explainSteps(divisors, claimants);
  return {
    kind: 'seats',
    contestId: contest.id,
    method,
    valid: totals.valid,
    abstained: totals.abstained,
    votes,
    seats,
    threshold,
    options: options.map((option) => {
      const claimant = seated.get(option.optionId);
      return {
        optionId: option.optionId,
        number: option.number,
        votes: option.votes,
        share: shareOf(option.votes, votes),
        standing: standingOf(option, threshold),
        seats: claimant?.seats ?? 0,
        nextDivisor: claimant === undefined ? null : claimOf(divisors, claimant).divisor,
        votesToNextSeat: claimant === undefined ? null : votesToNextSeat(claimant),
      };
    }),
    seatsEmpty: claimants.length === 0 ? seats : 0,
    steps,
    stepsOmitted: seatsOf(claimants) - steps.length,
    nextSeat: greatestClaims(divisors, claimants).map((claimant) => claimOf(divisors, claimant)),
    lastSeat: isOpen ? null : explainLastSeat(divisors, claimants, votesToNextSeat),
    tie,
  };
}

/** The tie, if there is one. With a lot, its winners get their seats. */
function tieOf(
  contestId: string,
  seats: number,
  claimants: readonly Claimant[],
  tied: readonly Claimant[],
  lot: Lot | null,
): Tie | null {
  if (tied.length === 0) {
    if (lot !== null) throw new RangeError(`contest ${contestId} has no tie to decide by lot`);
    return null;
  }
  const seatsLeft = seats - seatsOf(claimants);
  const tie: Tie = { tied: tied.map(({ optionId }) => optionId), seatsLeft, lot };
  if (lot === null) return tie;
  const winners = winnersByLot(tie, lot);
  for (const claimant of tied) if (winners.has(claimant.optionId)) claimant.seats += 1;
  return tie;
}

function standingOf({ votes }: CountedOption, { votesNeeded }: Threshold): SeatedOption['standing'] {
  if (votes === 0) return 'no-votes';
  return votes < votesNeeded ? 'below-threshold' : 'eligible';
}

function seatsOf(claimants: readonly Claimant[]): number {
  return claimants.reduce((sum, { seats }) => sum + seats, 0);
}
