// Any character, for properties. It draws from the same set as the unit `binary` of fast-check, which needs a second of
// processor time to list that set before the first test.
import fc from 'fast-check';

const codePointMax = 0x10ffff;
const isSurrogate = (codePoint: number): boolean => codePoint >= 0xd800 && codePoint <= 0xdfff;

/** A character of Unicode; in one of four cases of ASCII, where most of what parsers treat specially is. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(fc.nat(0x7f), fc.nat(0xffff), fc.nat(codePointMax), fc.nat(codePointMax))
  .filter((codePoint) => !isSurrogate(codePoint))
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Every character of Unicode that a pattern matches, as the engine knows them. */
export function everyCharacter(pattern: RegExp): readonly string[] {
  const characters: string[] = [];
  for (let codePoint = 0; codePoint <= codePointMax; codePoint += 1) {
    if (isSurrogate(codePoint)) continue;
    const character = String.fromCodePoint(codePoint);
    if (pattern.test(character)) characters.push(character);
  }
  return characters;
}

/** The code point of every decimal zero: the digits 1 to 9 follow it (UAX #44). */
export function everyZero(): readonly number[] {
  const digits = everyCharacter(/\p{Nd}/u).map((digit) => digit.codePointAt(0) ?? 0);
  return digits.filter((_, at) => at % 10 === 0);
}
