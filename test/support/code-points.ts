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
