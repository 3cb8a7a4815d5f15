// Shares as exact fractions. They are rounded only for display, here. Never calculate with a rounded share.

export type Fraction = { readonly numerator: number; readonly denominator: number };

/** Votes as a share of a whole, not reduced so that the whole stays visible. Null if the whole is 0. */
export function shareOf(votes: number, whole: number): Fraction | null {
  return whole === 0 ? null : { numerator: votes, denominator: whole };
}

/** Most decimals of a percentage. */
export const percentDecimalsMax = 10;

/** Whether a number is a percentage that `fractionOfPercent` reads. */
export function isExactPercent(percent: number): boolean {
  return percent >= 0 && percent <= 100 && Number(percent.toFixed(percentDecimalsMax)) === percent;
}

/**
 * A percentage as an exact fraction of 1, reduced by common factors of 10. It is read from its decimal text, which is
 * the number as it was written: 0.29 × 100 is not 29 in binary fractions. Throws a RangeError outside 0 to 100 and for
 * more than ten decimals.
 */
export function fractionOfPercent(percent: number): Fraction {
  if (!isExactPercent(percent)) {
    throw new RangeError(`not a percentage from 0 to 100 with at most ${percentDecimalsMax} decimals: ${percent}`);
  }
  const [whole = '', zeros = ''] = percent.toFixed(percentDecimalsMax).split('.');
  const decimals = zeros.replace(/0+$/, '');
  return { numerator: Number(whole + decimals), denominator: 10 ** (2 + decimals.length) };
}

/**
 * A share for display with this many decimals, such as `0.334`. Each share is rounded independently, half up. The
 * rounded shares of a whole may therefore add up to a little more or less than 1 (166, 167 and 167 of 500 show as
 * 0.332, 0.334 and 0.334; three equal thirds as 0.333 each): nothing is moved between options to adjust a sum.
 */
export function shareText(share: Fraction, decimals: number): string {
  return decimalText(BigInt(share.numerator), BigInt(share.denominator), decimals);
}

/** A share in percent for display, such as `33.4`, rounded like `shareText`. */
export function percentText(share: Fraction, decimals: number): string {
  return decimalText(100n * BigInt(share.numerator), BigInt(share.denominator), decimals);
}

/** numerator ÷ denominator as a decimal text, rounded half up. */
export function decimalText(numerator: bigint, denominator: bigint, decimals: number): string {
  const units = (2n * numerator * 10n ** BigInt(decimals) + denominator) / (2n * denominator);
  if (decimals === 0) return units.toString();
  const digits = units.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Most decimals of a fraction that is written as a decimal. */
const exactDecimalsMax = 15;

/** A fraction without rounding: as a decimal where it ends, such as `1.35`, else as a division, such as `1/150`. */
export function fractionText(fraction: Fraction): string {
  const { numerator, denominator } = fraction;
  for (let decimals = 0, unit = 1n; decimals <= exactDecimalsMax; decimals += 1, unit *= 10n) {
    if ((BigInt(numerator) * unit) % BigInt(denominator) === 0n) return shareText(fraction, decimals);
  }
  return `${numerator}/${denominator}`;
}
