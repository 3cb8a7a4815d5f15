// The one spelling of a number that people type or paste: identity numbers, phones, codes. What cannot be seen and every
// space is dropped; digits, dashes, plus signs and brackets of every script become those of ASCII. Page, API and texts
// use the same function, so that a number is right everywhere or wrong everywhere. See decision 0017.

/** Longest text that is read as a number, in UTF-16 units. What is pasted around a number counts too. */
export const typedNumberUnitsMax = 256;

// Characters without a shape of their own, and the frame of a keycap emoji, in which the digit is what was meant.
const unseen = /[\p{DI}\p{Cf}\u20E3]/gu;
// Spaces, tabs, line breaks, and the blank of Braille.
const space = /[\p{Z}\s\u2800]/gu;
const decimalDigit = /\p{Nd}/u;
const digitOfAnotherScript = /(?![0-9])\p{Nd}/gu;
// \p{Pd} has no minus signs.
const dash = /[\p{Pd}\u02D7\u2043\u2212\u2500\u2501\u2796]/gu;
// A letter, which is in the place of the dash on Japanese keyboards.
const prolongedSoundMark = /\u30FC/gu;
const plusSign = /[\u02D6\u2795]/gu;
const openingBracket = /\p{Ps}/gu;
const closingBracket = /\p{Pe}/gu;
const separator = /[-()./\\|,:;_~'"\p{Pi}\p{Pf}\u00B7\u2022]/gu;

/** A text without what cannot be seen, with the digits, dashes, plus signs and round brackets of ASCII. */
export function withUnifiedSigns(text: string): string {
  return text
    .replace(unseen, '')
    .replace(digitOfAnotherScript, asciiDigit)
    .replace(dash, '-')
    .replace(plusSign, '+')
    .replace(openingBracket, '(')
    .replace(closingBracket, ')');
}

/** A text in NFKC with the signs of ASCII, where no letter of East Asia can be meant. */
export function withAsciiSigns(text: string): string {
  return withUnifiedSigns(text.normalize('NFKC').replace(prolongedSoundMark, '-'));
}

declare const plainSigns: unique symbol;
/** A text of `withPlainSigns`. */
export type PlainText = string & { readonly [plainSigns]: true };

/**
 * A text with the signs of ASCII, and with the narrow forms of what East Asian keyboards write in full width. Nothing
 * else of NFKC: it would make one number of 1² and 12.
 */
export function withPlainSigns(text: string): PlainText {
  const narrow = text.replace(/[\uFF01-\uFF60]/g, (character) => character.normalize('NFKC'));
  return withUnifiedSigns(narrow)
    .replace(/[\u2044\u2215]/g, '/')
    .replace(/[\u3002\uFF61]/g, '.') as PlainText;
}

/** A text without spaces, tabs and line breaks of any kind. */
export const withoutSpaces = (text: string): string => text.replace(space, '');

/**
 * A typed number with the signs of ASCII and without spaces. Separators stay, because a roll may need them to
 * distinguish two people. A text of more than `typedNumberUnitsMax` units is returned as it is: no scheme accepts it.
 */
export function typedNumber(text: string): string {
  return text.length > typedNumberUnitsMax ? text : withoutSpaces(withAsciiSigns(text));
}

/** A typed number without brackets, quotes and what people write between groups: `A123456(3)` and `A 123.456-3`. */
export function withoutSeparators(text: string): string {
  return typedNumber(text).replace(separator, '');
}

/** A typed count: `12`, `１２`. NaN for anything else, also for `1,000`, which is one or a thousand. */
export function typedCount(text: string): number {
  const digits = typedNumber(text);
  return /^\d{1,15}$/.test(digits) ? Number(digits) : NaN;
}

/** A typed decimal, with a point or a comma: `4.5`, `４，５`. NaN for anything else. */
export function typedDecimal(text: string): number {
  const decimal = typedNumber(text).replace(/[,\u066B]/u, '.');
  return /^\d{1,15}(\.\d{1,15})?$/.test(decimal) ? Number(decimal) : NaN;
}

// Decimal digits of a script are ten characters in a row, from zero on (UAX #44). Where the sets of several styles
// follow each other, each has ten as well.
function asciiDigit(digit: string): string {
  const codePoint = digit.codePointAt(0) ?? 0;
  let first = codePoint;
  while (decimalDigit.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((codePoint - first) % 10);
}
