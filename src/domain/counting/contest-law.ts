// The law around a counting method, as data of the contest: what votes must reach, what decides between equals, where
// the divisors begin. All of it is exact: shares and factors are fractions of whole numbers, never decimals in binary.
import { ceilingOfProduct, floorOfProduct } from './exact-integers.ts';
import type { Fraction } from './share.ts';

/**
 * What a share is of. `votes`: all votes for options. `valid`: ballots that chose an option. `valid-and-blank`: those
 * and the abstentions. `cast`: all ballots, the invalid ones too. `entitled`: the people who may vote.
 */
export const bases = ['votes', 'valid', 'valid-and-blank', 'cast', 'entitled'] as const;
export type Base = (typeof bases)[number];

/** A share of a base that a number of votes must reach, or exceed if `moreThan`. */
export type ShareRequired = {
  readonly share: Fraction;
  readonly of: Base;
  readonly moreThan?: boolean | undefined;
};
/** A fixed number of votes. */
export type VotesRequired = { readonly votes: number };
export type Requirement = ShareRequired | VotesRequired;

/** The threshold of a chamber. An option below it gets no seat. Exactly at it passes, unless `moreThan`. */
export type ThresholdLaw = ShareRequired & {
  /**
   * Contests with the same group share this threshold: options of the same id are one list, and the votes and the base
   * are those of all these contests.
   */
  readonly group?: string | undefined;
  /** An option below the threshold takes part too if it won so many local contests of the group (`localOf`). */
  readonly localSeats?: number | undefined;
  /** The quotients of an exempt option below the threshold are multiplied by this. */
  readonly exemptFactor?: Fraction | undefined;
};

/** The smallest number of ballots for a contest to be decided at all: a share of the people who may vote. */
export type QuorumLaw = {
  readonly share: Fraction;
  readonly moreThan?: boolean | undefined;
  /** The ballots that count for the quorum. */
  readonly counted: Exclude<Base, 'votes' | 'entitled'>;
};

/** Decides between equals. `more-votes`: of equal quotients that of the list with more votes. */
export const tieRules = ['more-votes', 'lower-number'] as const;
export type TieRule = (typeof tieRules)[number];

export type ContestLaw = {
  readonly threshold?: ThresholdLaw | undefined;
  /** In place of the first divisor of the method, such as 1.4. */
  readonly firstDivisor?: Fraction | undefined;
  /** What an option needs to be elected, besides the most votes: each of these. */
  readonly required?: readonly Requirement[] | undefined;
  readonly quorum?: QuorumLaw | undefined;
  /** The group whose `localSeats` the winners of this contest count for, as options of the same id. */
  readonly localOf?: string | undefined;
  /** The people who may vote in this contest, where that is not the number of people on the roll. */
  readonly entitled?: number | undefined;
  /** In this order, before a drawing of lots decides what is still equal. */
  readonly tieRules?: readonly TieRule[] | undefined;
};

/** An option's own threshold: none, or another share of the same base. */
export type OwnThreshold = 'exempt' | Fraction;

/** The numbers that the bases are. `entitled` is null where it is not known. */
export type BaseNumbers = Readonly<Record<Exclude<Base, 'entitled'>, number>> & { readonly entitled: number | null };

/** The number of a base. Throws a RangeError for people entitled whose number is not known. */
export function numberOf(of: Base, numbers: BaseNumbers): number {
  const number = numbers[of];
  if (number === null) throw new RangeError('the number of people who may vote is not known');
  return number;
}

/** The fewest votes that fulfil a requirement. */
export function votesNeededFor(requirement: Requirement, numbers: BaseNumbers): number {
  if ('votes' in requirement) return requirement.votes;
  const { share, of, moreThan } = requirement;
  const { numerator, denominator } = share;
  const base = numberOf(of, numbers);
  return moreThan === true
    ? floorOfProduct(base, numerator, denominator) + 1
    : ceilingOfProduct(base, numerator, denominator);
}
