// Shares and factors as people write them, as exact fractions: "5", "3.25 %" and "1/150"; "1.35" and "27/20".
import { fractionText } from '../../../../domain/counting/share.ts';
import type { Fraction } from '../../../../domain/counting/share.ts';
import { typedNumber } from '../../../../domain/text/typed-number.ts';

/** Most decimals of an amount. */
const decimalsMax = 10;
const decimalForm = new RegExp(`^(\\d{1,12})(?:[.,\u066B](\\d{1,${decimalsMax}}))?[%\u066A]?$`, 'u');
const divisionForm = /^(\d{1,12})[/\u2215](\d{1,12})$/u;

/** A factor or a divisor; null if the text is none, or has more digits than a fraction of two safe integers. */
export function readAmount(text: string): Fraction | null {
  const bare = typedNumber(text);
  const [, dividend, divisor] = divisionForm.exec(bare) ?? [];
  if (dividend !== undefined && divisor !== undefined) return reduced(BigInt(dividend), BigInt(divisor));
  const [, whole, decimals = ''] = decimalForm.exec(bare) ?? [];
  return whole === undefined ? null : reduced(BigInt(whole + decimals), 10n ** BigInt(decimals.length));
}

/** A share: a number is in percent, a division is of the whole. Null if the text is none. */
export function readShare(text: string): Fraction | null {
  const amount = readAmount(text);
  if (amount === null || divisionForm.test(typedNumber(text))) return amount;
  return reduced(BigInt(amount.numerator), 100n * BigInt(amount.denominator));
}

function reduced(numerator: bigint, denominator: bigint): Fraction | null {
  if (denominator === 0n) return null;
  let [a, b] = [numerator, denominator] as [bigint, bigint];
  while (b !== 0n) [a, b] = [b, a % b];
  const exact = { numerator: Number(numerator / a), denominator: Number(denominator / a) };
  return Number.isSafeInteger(exact.numerator) && Number.isSafeInteger(exact.denominator) ? exact : null;
}

/** The text of a share for its field. */
export function shareField({ numerator, denominator }: Fraction): string {
  const percent = fractionText({ numerator: numerator * 100, denominator });
  return percent.includes('/') ? fractionText({ numerator, denominator }) : percent;
}
