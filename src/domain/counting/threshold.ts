// The threshold of a chamber: the share of the votes below which an option gets no seat. Whole numbers only: 5 percent of
// 500 is exactly 25, and exactly 25 passes.
import { ceilingOfProduct } from './exact-integers.ts';

export type Threshold = {
  /** In hundredths of a percent: 500 is 5 percent. */
  readonly perMyriad: number;
  /** The fewest votes that pass: votes × 10000 ≥ perMyriad × all votes of the contest, without abstentions. */
  readonly votesNeeded: number;
};

const perMyriadOfAll = 10_000;

export function thresholdOf(thresholdPercent: number, votesOfAll: number): Threshold {
  const perMyriad = perMyriadOf(thresholdPercent);
  return { perMyriad, votesNeeded: ceilingOfProduct(votesOfAll, perMyriad, perMyriadOfAll) };
}

/**
 * A percentage of at most two decimals as a whole number. It is read from its decimal text, which is the number as
 * entered: 0.29 × 100 is not 29 in binary fractions.
 */
export function perMyriadOf(percent: number): number {
  const [, whole, decimals = ''] = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(String(percent)) ?? [];
  const perMyriad = whole === undefined ? NaN : Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
  if (!(perMyriad <= perMyriadOfAll)) {
    throw new RangeError(`a threshold is a percentage from 0 to 100 with at most two decimals, not ${percent}`);
  }
  return perMyriad;
}
