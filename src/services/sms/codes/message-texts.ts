// The text messages with codes, the notices, and how many SMS segments a text has (3GPP TS 23.038: 160 characters of the GSM
// alphabet or 70 of UCS-2, fewer when joined). Titles are cut to keep a text short. The code and the warning are never
// cut. The wording in each language is in pages/public/languages.
import { displayZone } from '../../../domain/time-zone.ts';
import { allTexts } from '../../../pages/public/languages/all-texts.ts';
import { fill } from '../../../pages/public/languages/fill.ts';
import { languages } from '../../../pages/public/languages/languages.ts';
import type { LanguageTag } from '../../../pages/public/languages/languages.ts';
import { matchLanguage } from '../../../pages/public/languages/match-language.ts';

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿' +
  'abcdefghijklmnopqrstuvwxyzäöñüà';
const gsmBasic = new Set(basic);
// Each of these needs two places.
const gsmExtended = new Set('^{}\\[~]|€\f');

/** Longest title in a text, in graphemes. */
export const titleCharactersMax = 60;
/** A title is not cut below this length, because it would be meaningless. The text may then have two segments. */
const titleCharactersMin = 16;

/** Places of a text in the GSM alphabet, or null if it needs UCS-2. */
function gsmPlaces(text: string): number | null {
  let places = 0;
  for (const character of text) {
    if (gsmBasic.has(character)) places += 1;
    else if (gsmExtended.has(character)) places += 2;
    else return null;
  }
  return places;
}

/** SMS segments of a text. Providers bill each segment. */
export function segmentsOf(text: string): number {
  const places = gsmPlaces(text);
  const [length, single, joined] = places === null ? [text.length, 70, 67] : [places, 160, 153];
  return length <= single ? 1 : Math.ceil(length / joined);
}

type MessageText = { readonly title: string; readonly locale: string | undefined; readonly rehearsal: boolean };
type CodeText = MessageText & {
  readonly code: string;
  /** Host of the voter page. Phones offer the code to that page only (WICG, origin-bound one-time codes). */
  readonly voteHost: string | undefined;
};
type NoticeText = MessageText & {
  readonly contact: string;
  /** Until when the owner of the phone can object. */
  readonly until: string;
  readonly timeZone: string;
};

/** The text with a code: one segment if the title allows it, two at most. */
export function codeText({ code, title, locale, rehearsal, voteHost }: CodeText): string {
  const { sms } = allTexts[languageOf(locale)];
  const bound = voteHost === undefined ? '' : `\n\n@${voteHost} #${code}`;
  return withTitle(
    title,
    2,
    (cutTitle) => fill(rehearsal ? sms.rehearsal : sms.vote, { code, title: cutTitle }) + bound,
  );
}

/** The text that a vote was begun with a phone: three segments at most, unless the contact is longer than usual. */
export function voteBegunText({ title, locale, rehearsal, contact, until, timeZone }: NoticeText): string {
  const tag = languageOf(locale);
  const { sms } = allTexts[tag];
  const time = new Intl.DateTimeFormat(languages[tag].lang, {
    ...({ day: 'numeric', month: 'numeric', hour: '2-digit', minute: '2-digit' } as const),
    timeZone: displayZone(timeZone),
    timeZoneName: 'short',
  }).format(new Date(until));
  // Chinese puts the zone into brackets.
  const values = { time: time.replace(/[[\]]/g, ''), contact: tidyTitle(contact) };
  return withTitle(title, 3, (cutTitle) =>
    fill(rehearsal ? sms.rehearsalNotice : sms.notice, { ...values, title: cutTitle }),
  );
}

const languageOf = (locale: string | undefined): LanguageTag => matchLanguage(locale === undefined ? [] : [locale]);

/** A text with its title cut so that it has few segments. */
function withTitle(title: string, segmentsMax: number, textWith: (cutTitle: string) => string): string {
  const letters = graphemes(tidyTitle(title));
  for (let segments = 1; segments <= segmentsMax; segments += 1) {
    for (let length = letters.length; length >= Math.min(letters.length, titleCharactersMin); length -= 1) {
      const text = textWith(cut(letters, length));
      if (segmentsOf(text) <= segments) return text;
    }
  }
  return textWith(cut(letters, titleCharactersMin));
}

/** The title in the form for a text: on one line, with plain quotation marks, and at most `titleCharactersMax` long. */
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

// Graphemes, so that no visible character is cut in two.
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
function graphemes(text: string): string[] {
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}
