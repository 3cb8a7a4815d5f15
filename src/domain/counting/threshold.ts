// The threshold of a chamber: the votes below which an option gets no seat. Whole numbers only: 5 percent of 500 is
// exactly 25, and exactly 25 passes.
import type { Contest } from '../election.ts';
import { numberOf, votesNeededFor } from './contest-law.ts';
import type { Base, BaseNumbers, OwnThreshold, ThresholdLaw } from './contest-law.ts';
import { fractionOfPercent } from './share.ts';
import type { Fraction } from './share.ts';

/** The threshold as results state it. */
export type Threshold =
  | {
      /** In hundredths of a percent, of all votes for options: 500 is 5 percent. */
      readonly perMyriad: number;
      /** The fewest votes that pass: votes × 10000 ≥ perMyriad × all votes of the contest, without abstentions. */
      readonly votesNeeded: number;
    }
  | {
      readonly share: Fraction;
      readonly of: Base;
      /** Whether exactly the share is not enough. */
      readonly moreThan?: true | undefined;
      /** The number that the share is of. */
      readonly base: number;
      readonly votesNeeded: number;
      /** An option with fewer votes takes part too if it won so many local contests. */
      readonly localSeats?: number | undefined;
    };
/** The second form, in which every threshold can be read. */
export type ReadThreshold = Extract<Threshold, { readonly share: Fraction }>;

type Law = Pick<Contest, 'thresholdPercent' | 'law'>;

const perMyriadOfAll = 10_000;

/** The threshold that a contest's law states in either form; `thresholdPercent` is a share of the votes. */
export function thresholdLawOf({ thresholdPercent = 0, law }: Law): ThresholdLaw {
  return law?.threshold ?? { share: fractionOfPercent(thresholdPercent), of: 'votes' };
}

export function thresholdOf(contest: Law, numbers: BaseNumbers): Threshold {
  const threshold = thresholdLawOf(contest);
  const { share, of, moreThan, localSeats } = threshold;
  const votesNeeded = votesNeededFor(threshold, numbers);
  // Results of earlier versions have this form, and a recount must give the same bytes.
  if (contest.law?.threshold === undefined && perMyriadOfAll % share.denominator === 0) {
    return { perMyriad: share.numerator * (perMyriadOfAll / share.denominator), votesNeeded };
  }
  return {
    share,
    of,
    ...(moreThan === true && { moreThan }),
    base: numberOf(of, numbers),
    votesNeeded,
    ...(localSeats !== undefined && { localSeats }),
  };
}

/** The fewest votes by which an option passes: its own threshold is a share of the same base; exempt needs none. */
export function votesNeededBy(own: OwnThreshold | undefined, threshold: ThresholdLaw, numbers: BaseNumbers): number {
  if (own === 'exempt') return 0;
  if (own === undefined) return votesNeededFor(threshold, numbers);
  return votesNeededFor({ share: own, of: threshold.of, moreThan: threshold.moreThan }, numbers);
}

/** The share and the base of a threshold in either form. `votes`: all votes for options. */
export function readThreshold(threshold: Threshold, votes: number): ReadThreshold {
  if ('share' in threshold) return threshold;
  const { perMyriad, votesNeeded } = threshold;
  return { share: { numerator: perMyriad, denominator: perMyriadOfAll }, of: 'votes', base: votes, votesNeeded };
}
