// Finds the code in a voter's text. People add words, write the code in groups, with any signs between them, in the
// digits of their keyboard or as emoji. Pure. A text without a code is not an error, because published numbers receive
// all kinds of texts.
import { withAsciiSigns } from '../../../domain/text/typed-number.ts';
import { textInCodeDigits } from '../../../protocol/proofs/text-codes.ts';

/** Most characters of a text that are searched: the longest text that providers forward. */
const bodyCharactersMax = 1_600;
/** Most characters between two groups of one code. */
const gapCharactersMax = 8;

/** Digits without any other character between them, and the text between them and the digits before. */
type Group = { readonly digits: string; readonly gap: string };

/**
 * The code of a text, or null. It is the first group that has exactly its digits ("Vote 1: 48291375"); otherwise the first
 * groups of one size, with the same signs between them, that have its digits together ("Vote 1: 4829 1375", "4, 8, 2, 9,
 * 1, 3, 7, 5"); otherwise all digits of the text, if they are as many and no word is between them ("48-2 913 75").
 */
export function codeInText(body: string): string | null {
  const text = withAsciiSigns(body.slice(0, bodyCharactersMax));
  const [whole] = wholeCode.exec(text) ?? [];
  if (whole !== undefined) return whole;
  const groups = groupsOf(text);
  return evenCode(groups) ?? onlyCode(groups);
}

/** Exactly the digits of a code, without another digit beside them: nearly every text has them. */
const wholeCode = new RegExp(`(?<![0-9])[0-9]{${textInCodeDigits}}(?![0-9])`);

function groupsOf(text: string): readonly Group[] {
  let end = 0;
  return Array.from(text.matchAll(/[0-9]+/g), ({ 0: digits, index }) => {
    const gap = text.slice(end, index);
    end = index + digits.length;
    return { digits, gap };
  });
}

function evenCode(groups: readonly Group[]): string | null {
  for (let size = textInCodeDigits - 1; size >= 1; size -= 1) {
    if (textInCodeDigits % size !== 0) continue;
    const at = groups.findIndex((_, start) => isEvenCode(groups, start, size));
    if (at >= 0) return digitsOf(groups.slice(at, at + textInCodeDigits / size));
  }
  return null;
}

function isEvenCode(groups: readonly Group[], start: number, size: number): boolean {
  const end = start + textInCodeDigits / size;
  const gap = groups[start + 1]?.gap ?? '';
  const isPart = (at: number): boolean => groups[at]?.digits.length === size;
  if (!isPart(start) || !isSeparator(gap)) return false;
  for (let at = start + 1; at < end; at += 1) if (!isPart(at) || groups[at]?.gap !== gap) return false;
  // With another group of this kind beside it, it would be a part of a longer number.
  const continues = isPart(start - 1) && groups[start]?.gap === gap;
  const continued = isPart(end) && groups[end]?.gap === gap;
  return !continues && !continued;
}

function onlyCode(groups: readonly Group[]): string | null {
  const digits = digitsOf(groups);
  return digits.length === textInCodeDigits && groups.slice(1).every(({ gap }) => isSeparator(gap)) ? digits : null;
}

const digitsOf = (groups: readonly Group[]): string => groups.map(({ digits }) => digits).join('');
const isSeparator = (gap: string): boolean => gap.length <= gapCharactersMax && !/[\p{L}\p{N}]/u.test(gap);
