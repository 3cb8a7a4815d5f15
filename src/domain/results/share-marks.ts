// The shares of a result that no other share may cross when it is rounded for display.
import type { ContestCount } from '../counting/counting-methods.ts';
import type { Fraction } from '../counting/share.ts';
import { readThreshold } from '../counting/threshold.ts';

const half: Fraction = { numerator: 1, denominator: 2 };

/** The threshold of a chamber; half and what the law requires of winners. */
export function shareMarks(count: ContestCount): readonly Fraction[] {
  if (count.kind === 'seats') return [readThreshold(count.threshold, count.votes).share];
  const { required = [] } = count;
  return [half, ...required.flatMap((requirement) => ('share' in requirement ? [requirement.share] : []))];
}
