// Rounding of a result's numbers for display. Pages, files and print all use these functions, so that the same fraction
// has the same digits everywhere. Never calculate with a rounded number.
import { percentText, shareText } from '../counting/share.ts';
import type { Fraction } from '../counting/share.ts';

/** Decimals of a share in percent, on every page. */
export const resultPercentDecimals = 2;
/** Decimals of a share in files, as a fraction of 1. The exact share is votes over the votes or ballots of the contest. */
const fileShareDecimals = 6;
/** Decimals of a quotient. */
export const quotientDecimals = 2;

/** A share as a decimal text whose percent has `resultPercentDecimals`, such as `0.3340`. */
export const displayShare = (share: Fraction): string => shareText(share, resultPercentDecimals + 2);

/** A share in the notation of files, such as `0.625000`. */
export const fileShare = (share: Fraction): string => shareText(share, fileShareDecimals);

/** The length of a share's bar in percent of the whole, from 0 to 100. */
export const barPercent = (share: Fraction): number => Math.min(100, Number(percentText(share, 2)));

export type RoundedQuotient = {
  /** A decimal text such as `1.90`. */
  readonly text: string;
  /** Whether the text is the quotient itself. Otherwise it is written after "≈". */
  readonly exact: boolean;
};

/** votes ÷ divisor, rounded half up. */
export function roundQuotient(votes: number, divisor: number, decimals = quotientDecimals): RoundedQuotient {
  return {
    text: shareText({ numerator: votes, denominator: divisor }, decimals),
    exact: (BigInt(votes) * 10n ** BigInt(decimals)) % BigInt(divisor) === 0n,
  };
}
