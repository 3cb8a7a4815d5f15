// The law around a divisor method, applied to the options: who takes part, with which weight, up to how many seats, and
// by which divisors.
import { divisorAt } from './apportion.ts';
import type { Claimant, Divisors } from './apportion.ts';
import type { BaseNumbers } from './contest-law.ts';
import { baseNumbers, contestVotesMax, groupTotals } from './contest-totals.ts';
import type { ContestTotals, CountedContest, CountedOption, LocalContest, Surroundings } from './contest-totals.ts';
import { floorOfProduct } from './exact-integers.ts';
import type { Fraction } from './share.ts';
import { thresholdLawOf, thresholdOf, votesNeededBy } from './threshold.ts';
import type { Threshold } from './threshold.ts';

export type Standing = 'eligible' | 'below-threshold' | 'no-votes' | 'withdrawn';

/** What the law says of an option; a field is absent where the law does not speak of the option. */
export type OptionLaw = {
  /** The fewest votes by which it takes part, where that is not the threshold of the contest. */
  readonly votesNeeded?: number | undefined;
  /** Its votes in all contests that share the threshold. */
  readonly groupVotes?: number | undefined;
  /** The local contests that it won. */
  readonly localSeats?: number | undefined;
  /** Its quotients are multiplied by this. */
  readonly factor?: Fraction | undefined;
  /** The length of the list. */
  readonly candidates?: number | undefined;
};
export type LawfulOption = CountedOption & { readonly standing: Standing; readonly law: OptionLaw };

export type SeatLaw = {
  readonly threshold: Threshold;
  readonly options: readonly LawfulOption[];
  /** Whether an open tie in a local contest decides who takes part. Until then no seat can be shared. */
  readonly undecided: boolean;
};

/** Decides which options take part. */
export function applySeatLaw(
  contest: CountedContest,
  options: readonly CountedOption[],
  totals: ContestTotals,
  surroundings: Surroundings,
): SeatLaw {
  const law = thresholdLawOf(contest);
  const own = baseNumbers(contest, totals, surroundings);
  const group = surroundings.group === null ? null : groupTotals(own, surroundings.group);
  const numbers: BaseNumbers = group?.numbers ?? own;
  const threshold = thresholdOf(contest, numbers);
  const rules = new Map(contest.options.map((option) => [option.id, option]));
  let undecided = false;
  const lawful = options.map(({ optionId, number, votes }) => {
    const rule = rules.get(optionId);
    const groupVotes = group?.votesOf.get(optionId);
    const needed = votesNeededBy(rule?.threshold, law, numbers);
    const compared = groupVotes ?? votes;
    const local = localSeatsOf(optionId, law.localSeats ?? Infinity, surroundings.local ?? []);
    const standing = standingOf(rule?.withdrawnAt !== undefined, votes, compared >= needed || local.enough);
    undecided ||= standing === 'below-threshold' && local.maybeEnough;
    const isHelped = rule?.threshold === 'exempt' && compared < threshold.votesNeeded && standing === 'eligible';
    return {
      optionId,
      number,
      votes,
      standing,
      law: {
        ...(rule?.threshold !== undefined && { votesNeeded: needed }),
        ...(groupVotes !== undefined && { groupVotes }),
        ...(law.localSeats !== undefined && { localSeats: local.localSeats }),
        ...(isHelped && law.exemptFactor !== undefined && { factor: law.exemptFactor }),
        ...(rule?.candidates !== undefined && { candidates: rule.candidates }),
      },
    };
  });
  return { threshold, options: lawful, undecided };
}

/** The local contests that an option won, and whether they are enough, or would be with those where it is still equal. */
function localSeatsOf(
  optionId: string,
  needed: number,
  local: readonly LocalContest[],
): { readonly localSeats: number; readonly enough: boolean; readonly maybeEnough: boolean } {
  const localSeats = local.filter(({ winners }) => winners.includes(optionId)).length;
  const equal = local.filter(({ tied }) => tied.includes(optionId)).length;
  return { localSeats, enough: localSeats >= needed, maybeEnough: localSeats + equal >= needed };
}

function standingOf(isWithdrawn: boolean, votes: number, passes: boolean): Standing {
  if (isWithdrawn) return 'withdrawn';
  if (votes === 0) return 'no-votes';
  return passes ? 'eligible' : 'below-threshold';
}

/**
 * The options that take part. So that every strength is a whole number, votes with a factor are multiplied by its
 * numerator and all others by its denominator. Throws a RangeError for more votes than can be counted exactly.
 */
export function claimantsOf(contest: CountedContest, options: readonly LawfulOption[], votes: number): Claimant[] {
  const { numerator, denominator } = contest.law?.threshold?.exemptFactor ?? { numerator: 1, denominator: 1 };
  if (votes > floorOfProduct(contestVotesMax, 1, Math.max(numerator, denominator))) {
    throw new RangeError(`contest ${contest.id} cannot be counted: it has more votes than can be counted`);
  }
  return options
    .filter(({ standing }) => standing === 'eligible')
    .map(({ optionId, number, votes: own, law }): Claimant => {
      const weight = law.factor === undefined ? denominator : numerator;
      const seatsMax = law.candidates ?? Number.MAX_SAFE_INTEGER;
      return { optionId, number, votes: own, weight, strength: own * weight, seatsMax, seats: 0 };
    });
}

/**
 * The divisors of a method. Where the law names the first one, they begin with it, and all are whole numbers in parts of
 * its denominator.
 */
export function divisorsBy(divisors: Divisors, firstDivisor: Fraction | undefined): Divisors {
  if (firstDivisor === undefined) return divisors;
  const { numerator: initial, denominator: parts } = firstDivisor;
  return { initial, first: divisors.first * parts, stride: divisors.stride * parts };
}

/** Whether a first divisor keeps the divisors rising: from the first of the method up to but below the second. */
export function isFirstDivisor(divisors: Divisors, { numerator, denominator }: Fraction): boolean {
  return numerator >= divisorAt(divisors, 0) * denominator && numerator < divisorAt(divisors, 1) * denominator;
}
