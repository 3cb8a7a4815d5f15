// A chamber shared by a divisor method, with everything that explains it. Defined for every input: without votes, or
// with no option above the threshold, all seats stay empty; a single list takes all that it has candidates for; with
// more lists than seats most get none; an option without votes never gets a seat, whatever the threshold; a chamber of
// no seats is empty.
import { apportion, hasRoom } from './apportion.ts';
import type { Claimant, Divisors } from './apportion.ts';
import type { ContestTotals, CountedContest, CountedOption, Surroundings } from './contest-totals.ts';
import { baseNumbers, readTotals } from './contest-totals.ts';
import { claimOf, createVotesToNextSeat, explainLastSeat, explainSteps, greatestClaims } from './explain-seats.ts';
import type { LastSeat, Quotient, SeatStep } from './explain-seats.ts';
import type { SeatMethod } from './method-table.ts';
import { countQuorum } from './quorum.ts';
import type { CountedQuorum } from './quorum.ts';
import { applySeatLaw, claimantsOf, divisorsBy } from './seat-law.ts';
import type { OptionLaw, Standing } from './seat-law.ts';
import { shareOf } from './share.ts';
import type { Fraction } from './share.ts';
import type { Threshold } from './threshold.ts';
import { decideByRules, winnersByLot } from './tie.ts';
import type { Lot, Tie, TieDecision } from './tie.ts';

/** Most seats of a chamber. */
export const seatsMax = 1_000_000;

export type SeatedOption = CountedOption &
  OptionLaw & {
    /** Of all votes for options. Null without votes. */
    readonly share: Fraction | null;
    readonly standing: Standing;
    /** While a tie is open, only the seats that are certain. */
    readonly seats: number;
    /** The quotient votes ÷ nextDivisor by which an eligible option claims one more seat; null for a full list. */
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
  /** All votes for options: the base of shares. Equal to the valid ballots if a ballot has one choice. */
  readonly votes: number;
  /** Seats of the chamber. */
  readonly seats: number;
  readonly threshold: Threshold;
  /** That of the law, if it has one. Without a quorum that is met no seat is shared. */
  readonly quorum?: CountedQuorum | undefined;
  /** An open tie in a local contest decides who takes part. Until then no seat is shared. */
  readonly undecided?: true | undefined;
  /** That of the law, if it names one. All divisors of this count are then in parts of its denominator. */
  readonly firstDivisor?: Fraction | undefined;
  /** By number on the ballot. */
  readonly options: readonly SeatedOption[];
  /** Seats that stay empty, because no option is eligible or all lists are full. */
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
  /** How the rules of the law decided between equals before any lot; present if the law has such rules. */
  readonly tieDecisions?: readonly TieDecision[] | undefined;
  /** What the rules left equal. */
  readonly tie: Tie | null;
};

/** Counts a contest for seats. Throws as `readTotals`, and if the contest has no seats to share. */
export function countSeats(
  method: SeatCount['method'],
  methodDivisors: Divisors,
  contest: CountedContest,
  totals: ContestTotals,
  surroundings: Surroundings,
  lot: Lot | null,
): SeatCount {
  const { seats } = contest;
  if (seats === undefined || !Number.isSafeInteger(seats) || seats < 0 || seats > seatsMax) {
    throw new RangeError(`contest ${contest.id} has no seats to share, or more than ${seatsMax}`);
  }
  const { options, votes } = readTotals(contest, totals);
  const { threshold, options: lawful, undecided: waits } = applySeatLaw(contest, options, totals, surroundings);
  const { firstDivisor, quorum: quorumLaw, tieRules } = contest.law ?? {};
  const quorum = quorumLaw && countQuorum(quorumLaw, baseNumbers(contest, totals, surroundings));
  const divisors = divisorsBy(methodDivisors, firstDivisor);
  const participants = claimantsOf(contest, lawful, votes);
  const failed = quorum?.met === false;
  const undecided = waits && !failed;
  const claimants = undecided || failed ? [] : participants;
  const tied = apportion(divisors, claimants, seats);
  const { decisions, tied: open, tie } = decideTie(contest, claimants, tied, seats, lot);
  const isOpen = tie !== null && tie.lot === null;
  const votesToNextSeat = createVotesToNextSeat(divisors, claimants, isOpen ? open : []);
  const seated = new Map(claimants.map((claimant) => [claimant.optionId, claimant]));
  const steps = explainSteps(divisors, claimants);
  const total = seatsOf(claimants);
  return {
    kind: 'seats',
    contestId: contest.id,
    method,
    valid: totals.valid,
    abstained: totals.abstained,
    votes,
    seats,
    threshold,
    ...(quorum !== undefined && { quorum }),
    ...(undecided && { undecided }),
    ...(firstDivisor !== undefined && { firstDivisor }),
    options: lawful.map(({ optionId, number, votes: own, standing, law }) => {
      const claimant = seated.get(optionId);
      return {
        optionId,
        number,
        votes: own,
        share: shareOf(own, votes),
        standing,
        ...law,
        seats: claimant?.seats ?? 0,
        nextDivisor: claimant === undefined || !hasRoom(claimant) ? null : claimOf(divisors, claimant).divisor,
        votesToNextSeat: claimant === undefined ? null : votesToNextSeat(claimant),
      };
    }),
    seatsEmpty: isOpen || undecided ? 0 : seats - total,
    steps,
    stepsOmitted: total - steps.length,
    nextSeat: greatestClaims(divisors, claimants).map((claimant) => claimOf(divisors, claimant)),
    lastSeat: isOpen ? null : explainLastSeat(divisors, claimants, votesToNextSeat),
    ...(tieRules !== undefined && { tieDecisions: decisions }),
    tie,
  };
}

type DecidedTie = {
  readonly decisions: readonly TieDecision[];
  /** Those that the rules left equal. */
  readonly tied: readonly Claimant[];
  readonly tie: Tie | null;
};

/** Gives the tied their seats by the rules of the law, and by the lot where there is one. */
function decideTie(
  { id, law }: CountedContest,
  claimants: readonly Claimant[],
  tied: readonly Claimant[],
  seats: number,
  lot: Lot | null,
): DecidedTie {
  const places = tied.length === 0 ? 0 : seats - seatsOf(claimants);
  const { decisions, winners: byRule, open, places: seatsLeft } = decideByRules(law?.tieRules ?? [], tied, places);
  for (const claimant of byRule) claimant.seats += 1;
  if (open.length === 0) {
    if (lot !== null) throw new RangeError(`contest ${id} has no tie to decide by lot`);
    return { decisions, tied: [], tie: null };
  }
  const tie: Tie = { tied: open.map(({ optionId }) => optionId), seatsLeft, lot };
  const winners = lot === null ? new Set<string>() : winnersByLot(tie, lot);
  for (const claimant of open) if (winners.has(claimant.optionId)) claimant.seats += 1;
  return { decisions, tied: open, tie };
}

function seatsOf(claimants: readonly Claimant[]): number {
  return claimants.reduce((sum, { seats }) => sum + seats, 0);
}
