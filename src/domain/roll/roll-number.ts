// The number of a person on a roll. Installations bring their own numbers, so letters and digits of any script are
// taken, and so are the separators that tell numbers apart: 1/11, 11/1 and 111 are three people. Only what people add
// or leave out when they type is folded: letter case, spaces, brackets, invisible characters, and the kinds of digits,
// hyphens, slashes and full stops. Two numbers of a roll that still become one are reported by their rows.

/** Longest canonical number, in characters. */
const rollNumberCharactersMax = 64;
const plainForm = /^[A-Z0-9]{1,64}$/;
const form = /^[\p{L}\p{M}0-9]+(?:[-/._:][\p{L}\p{M}0-9]+)*$/u;

/** The canonical form of a number as it is on a roll or typed by a voter; null if it cannot be one. */
export function canonicalRollNumber(text: string): string | null {
  if (plainForm.test(text)) return text;
  const folded = text
    // Full-width forms of East Asian keyboards.
    .replace(/[\uFF01-\uFF60]/g, (character) => character.normalize('NFKC'))
    .replace(/[\s\p{Cf}\p{Default_Ignorable_Code_Point}\p{Ps}\p{Pe}]/gu, '')
    .replace(/\p{Nd}/gu, digitOf)
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/[\u2044\u2215]/g, '/')
    .replace(/[\u3002\uFF61]/g, '.')
    .normalize('NFC')
    .toUpperCase()
    .normalize('NFC');
  return folded.length <= rollNumberCharactersMax && form.test(folded) ? folded : null;
}

// Digits of a script are ten neighbours from zero on (Unicode Standard, section 4.6). Some such tens follow each other.
function digitOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return character;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}
