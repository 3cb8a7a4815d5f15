// The text messages with codes, and how many SMS segments a text is (3GPP TS 23.038: 160 characters of the GSM alphabet or
// 70 of UCS-2, fewer when joined). Titles are cut so that a text stays short; the code and the warning never are. What a
// text says in each language is in pages/public/languages.
import { allTexts } from '../../../pages/public/languages/all-texts.ts';
import { fill } from '../../../pages/public/languages/fill.ts';
import { matchLanguage } from '../../../pages/public/languages/match-language.ts';

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿' +
  'abcdefghijklmnopqrstuvwxyzäöñüà';
const gsmBasic = new Set(basic);
// These take two places each.
const gsmExtended = new Set('^{}\\[~]|€\f');

/** Longest title that is taken into a text, in characters as people count them. */
export const titleCharactersMax = 60;
/** A title cut shorter than this says nothing: the text may then have two segments. */
const titleCharactersMin = 16;

/** Places that a text takes in the GSM alphabet, or null where it needs UCS-2. */
function gsmPlaces(text: string): number | null {
  let places = 0;
  for (const character of text) {
    if (gsmBasic.has(character)) places += 1;
    else if (gsmExtended.has(character)) places += 2;
    else return null;
  }
  return places;
}

/** SMS segments of a text: what providers bill. */
export function segmentsOf(text: string): number {
  const places = gsmPlaces(text);
  const [length, single, joined] = places === null ? [text.length, 70, 67] : [places, 160, 153];
  return length <= single ? 1 : Math.ceil(length / joined);
}

type CodeText = {
  readonly code: string;
  readonly title: string;
  readonly locale: string | undefined;
  readonly rehearsal: boolean;
  /** Host of the voter page: phones offer the code to that page alone (WICG, origin-bound one-time codes). */
  readonly voteHost: string | undefined;
};

/** The text with a code: one segment wherever the title allows, two at most. */
export function codeText({ code, title, locale, rehearsal, voteHost }: CodeText): string {
  const { sms } = allTexts[matchLanguage(locale === undefined ? [] : [locale])];
  const bound = voteHost === undefined ? '' : `\n\n@${voteHost} #${code}`;
  const textWith = (cutTitle: string): string =>
    fill(rehearsal ? sms.rehearsal : sms.vote, { code, title: cutTitle }) + bound;
  const letters = graphemes(tidyTitle(title));
  for (const segments of [1, 2]) {
    for (let length = letters.length; length >= Math.min(letters.length, titleCharactersMin); length -= 1) {
      const text = textWith(cut(letters, length));
      if (segmentsOf(text) <= segments) return text;
    }
  }
  return textWith(cut(letters, titleCharactersMin));
}

/** The title as it can stand in a text: on one line, with plain quotation marks, and not longer than can be shown. */
export function tidyTitle(title: string): string {
  const plain = title
    .normalize('NFC')
    .replace(/[‘’]/g, "'")
    .replace(/[“”„"]/g, "'")
    .replace(/[–—]/g, '-')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  return cut(graphemes(plain), titleCharactersMax);
}

function cut(letters: readonly string[], length: number): string {
  if (length >= letters.length) return letters.join('');
  return `${letters
    .slice(0, Math.max(length - 3, 0))
    .join('')
    .trimEnd()}...`;
}

// Characters as people see them, so that none is cut in two.
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
function graphemes(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}
