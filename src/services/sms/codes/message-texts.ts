// The wording of the texts that are sent, in each language, and how many SMS segments a text is (3GPP TS 23.038: 160
// characters of the GSM alphabet or 70 of UCS-2, fewer when joined). Titles are cut so that a text stays short; the code
// and the warning never are.

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

type Wording = { readonly vote: string; readonly rehearsal: string };

/** One row a language; `{code}` and `{title}` are filled in. The code stands first, where a notification shows it. */
export const wordings = {
  en: {
    vote: '{code} is your code for the vote "{title}". Never share it with anyone.',
    rehearsal: '{code} is your code for the REHEARSAL vote "{title}". Never share it with anyone.',
  },
  'zh-Hant': {
    vote: '{code} 是你在「{title}」的投票驗證碼，切勿告訴任何人。',
    rehearsal: '{code} 是你在「{title}」的演練投票驗證碼，切勿告訴任何人。',
  },
  'sr-Cyrl': {
    vote: '{code} је код за гласање „{title}“. Никоме га не дајте.',
    rehearsal: '{code} је код за ПРОБНО гласање „{title}“. Никоме га не дајте.',
  },
  'sr-Latn': {
    vote: '{code} je kod za glasanje „{title}“. Nikome ga ne dajte.',
    rehearsal: '{code} je kod za PROBNO glasanje „{title}“. Nikome ga ne dajte.',
  },
} as const satisfies Readonly<Record<string, Wording>>;
export type TextLanguage = keyof typeof wordings;

/** The row for a BCP 47 tag; English where there is none. */
export function textLanguage(locale: string | undefined): TextLanguage {
  const tag = (locale ?? '').toLowerCase();
  if (/^zh\b/.test(tag)) return 'zh-Hant';
  if (/^sr\b.*\blatn\b/.test(tag)) return 'sr-Latn';
  if (/^sr\b/.test(tag)) return 'sr-Cyrl';
  return 'en';
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
  const wording = wordings[textLanguage(locale)][rehearsal ? 'rehearsal' : 'vote'];
  const bound = voteHost === undefined ? '' : `\n\n@${voteHost} #${code}`;
  const fill = (shown: string): string => wording.replace('{code}', () => code).replace('{title}', () => shown) + bound;
  const letters = graphemes(tidyTitle(title));
  for (const segments of [1, 2]) {
    for (let length = letters.length; length >= Math.min(letters.length, titleCharactersMin); length -= 1) {
      const text = fill(cut(letters, length));
      if (segmentsOf(text) <= segments) return text;
    }
  }
  return fill(cut(letters, titleCharactersMin));
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
