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

/** Nothing and everything: a share of some is never shown as of none, and one of not all never as of all. */
const ends: readonly Fraction[] = [
  { numerator: 0, denominator: 1 },
  { numerator: 1, denominator: 1 },
];

/**
 * A share with this many decimals, and as many more as are needed to be on its own side of 0, of 1 and of each mark, such
 * as a threshold: 4.996 percent is not shown as 5.00.
 */
export function roundShare(share: Fraction, decimals: number, marks: readonly Fraction[] = []): string {
  return shareText(share, decimalsNeeded(share, decimals, marks));
}

function decimalsNeeded(share: Fraction, decimalsMin: number, marks: readonly Fraction[]): number {
  // A share at a mark is on no side of it: the decimals of the mark itself may have no end.
  const sides = [...ends, ...marks]
    .map((mark) => ({ mark, side: sideOf(BigInt(share.numerator), BigInt(share.denominator), mark) }))
    .filter(({ side }) => side !== 0);
  // It ends: with enough decimals the rounded share is nearer to the share than any mark is.
  for (let decimals = decimalsMin; ; decimals += 1) {
    const units = BigInt(shareText(share, decimals).replace('.', ''));
    const unit = 10n ** BigInt(decimals);
    if (sides.every(({ mark, side }) => sideOf(units, unit, mark) === side)) return decimals;
  }
}

/** Negative below the mark, 0 at it, positive above it. */
function sideOf(numerator: bigint, denominator: bigint, mark: Fraction): number {
  const difference = numerator * BigInt(mark.denominator) - BigInt(mark.numerator) * denominator;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A share as a decimal text whose percent has `resultPercentDecimals`, or more (`roundShare`), such as `0.3340`. */
export const displayShare = (share: Fraction, marks: readonly Fraction[]): string =>
  roundShare(share, resultPercentDecimals + 2, marks);

/** A share in the notation of files, such as `0.625000`. */
export const fileShare = (share: Fraction, marks: readonly Fraction[]): string =>
  roundShare(share, fileShareDecimals, marks);

/** The length of a share's bar in percent of the whole, from 0 to 100. */
export const barPercent = (share: Fraction): number => Math.min(100, Number(percentText(share, 2)));
