// Short codes for people to read and type: Crockford's base 32 (crockford.com/base32.html), with two check characters at the
// end. They are those of a Reed-Solomon code over GF(32), which locates one wrong character.
import { withoutSeparators } from './typed-number.ts';

/** Characters at the end that check the others. */
export const checkCharacters = 2;
/** Without I, L, O and U. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** The powers of a generator of GF(32), by x^5 + x^2 + 1. Its order is 31. */
const powers = Array.from({ length: 30 }).reduce<number[]>(
  (all) => {
    const next = (all.at(-1) ?? 0) << 1;
    return [...all, next > 31 ? next ^ 0b100101 : next];
  },
  [1],
);
const order = powers.length;
const power = (exponent: number): number => powers[((exponent % order) + order) % order] ?? 0;
const multiply = (a: number, b: number): number =>
  a === 0 || b === 0 ? 0 : power(powers.indexOf(a) + powers.indexOf(b));
const divide = (a: number, b: number): number => (a === 0 ? 0 : power(powers.indexOf(a) - powers.indexOf(b)));

/** The sum of the symbols, and that of each by its place. Both are 0 in a code without a fault. */
const sums = (symbols: readonly number[]): readonly [plain: number, placed: number] => [
  symbols.reduce((sum, symbol) => sum ^ symbol, 0),
  symbols.reduce((sum, symbol, place) => sum ^ multiply(symbol, power(place)), 0),
];

/** The code of the first bits of bytes: so many characters of five bits each, and the two that check them. */
export function checkedCode(bytes: Uint8Array, dataCharacters: number): string {
  const data = Array.from({ length: dataCharacters }, (_, place) => fiveBits(bytes, place * 5));
  const [plain, placed] = sums(data);
  const first = power(dataCharacters);
  const last = power(dataCharacters + 1);
  const lastSymbol = divide(placed ^ multiply(first, plain), first ^ last);
  return [...data, plain ^ lastSymbol, lastSymbol].map((symbol) => alphabet[symbol] ?? '').join('');
}

function fiveBits(bytes: Uint8Array, at: number): number {
  const two = ((bytes[at >> 3] ?? 0) << 8) | (bytes[(at >> 3) + 1] ?? 0);
  return (two >> (11 - (at & 7))) & 31;
}

export type ReadSymbols =
  | { readonly kind: 'code'; readonly code: string; readonly symbols: readonly number[] }
  /** One character is wrong: most likely this one, counted from 1. */
  | { readonly kind: 'wrong-character'; readonly place: number }
  | { readonly kind: 'unreadable' };

/**
 * Reads a code of so many characters, with those that check it, as people type it: small letters, I and L for 1, O for 0,
 * and what `withoutSeparators` folds do not matter (spaces, dashes, invisible characters, full width, digits of other scripts).
 */
export function readCheckedCode(text: string, characters: number): ReadSymbols {
  const letters = withoutSeparators(text).toUpperCase().replace(/[IL]/g, '1').replace(/O/g, '0');
  const symbols = Array.from(letters, (letter) => alphabet.indexOf(letter));
  if (symbols.length !== characters) return { kind: 'unreadable' };
  const strange = symbols.indexOf(-1);
  if (strange >= 0) {
    return symbols.indexOf(-1, strange + 1) < 0
      ? { kind: 'wrong-character', place: strange + 1 }
      : { kind: 'unreadable' };
  }
  const [plain, placed] = sums(symbols);
  if (plain === 0 && placed === 0) return { kind: 'code', code: letters, symbols };
  if (plain === 0 || placed === 0) return { kind: 'unreadable' };
  const place = powers.indexOf(divide(placed, plain));
  return place < characters ? { kind: 'wrong-character', place: place + 1 } : { kind: 'unreadable' };
}
