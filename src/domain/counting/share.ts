// Shares as exact fractions. They are rounded only for display, here. Never calculate with a rounded share.

export type Fraction = { readonly numerator: number; readonly denominator: number };

/** Votes as a share of a whole, not reduced so that the whole stays visible. Null if the whole is 0. */
export function shareOf(votes: number, whole: number): Fraction | null {
  return whole === 0 ? null : { numerator: votes, denominator: whole };
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

function decimalText(numerator: bigint, denominator: bigint, decimals: number): string {
  const units = (2n * numerator * 10n ** BigInt(decimals) + denominator) / (2n * denominator);
  if (decimals === 0) return units.toString();
  const digits = units.toString().padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
