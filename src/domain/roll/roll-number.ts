// The number of a person on a roll. Installations bring their own numbers, so letters and digits of any script are
// taken, and so are the separators that tell numbers apart: 1/11, 11/1 and 111 are three people. Only what people add
// or leave out when they type is folded: letter case, spaces, brackets, invisible characters, and the kinds of digits,
// hyphens, slashes and full stops. Two numbers of a roll that still become one are reported by their rows.
import { withoutSpaces, withPlainSigns } from '../text/typed-number.ts';

/** Longest canonical number, in characters. */
const rollNumberCharactersMax = 64;
const plainForm = /^[A-Z0-9]{1,64}$/;
const form = /^[\p{L}\p{M}0-9]+(?:[-/._:][\p{L}\p{M}0-9]+)*$/u;

/** The canonical form of a number as it is on a roll or typed by a voter; null if it cannot be one. */
export function canonicalRollNumber(text: string): string | null {
  if (plainForm.test(text)) return text;
  const folded = withoutSpaces(withPlainSigns(text))
    .replace(/[()]/g, '')
    .normalize('NFC')
    .toUpperCase()
    .normalize('NFC');
  return folded.length <= rollNumberCharactersMax && form.test(folded) ? folded : null;
}
