// The languages of the project, by the tags that election texts use. A new language is a file in texts/ and a row here.
// The voters' page, the public pages, text messages, paper ballots and the control panel read this table.
import type { Copy, LanguageTexts } from './language-texts.ts';
import { voterCopyOf } from './voter-copy.ts';

type Language = {
  /** In the language itself. */
  readonly name: string;
  /** With the region, for the browser's choice of fonts and the number and date formats of Intl. */
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** Other languages, by their BCP 47 tags, whose readers get this one because theirs is missing. */
  readonly answersTo: readonly string[];
  /** Each language is a separate chunk: a voter loads one. */
  readonly load: () => Promise<LanguageTexts>;
};

const rows = {
  en: {
    name: 'English',
    lang: 'en-GB',
    dir: 'ltr',
    answersTo: [],
    load: async () => (await import('./texts/en.ts')).english,
  },
  'zh-Hant-HK': {
    name: '繁體中文',
    lang: 'zh-Hant-HK',
    dir: 'ltr',
    answersTo: ['yue'],
    load: async () => (await import('./texts/zh-hant-hk.ts')).chineseHongKong,
  },
  'sr-Cyrl': {
    name: 'Српски',
    lang: 'sr-Cyrl-RS',
    dir: 'ltr',
    answersTo: ['bs-Cyrl'],
    load: async () => (await import('./texts/sr-cyrl.ts')).serbianCyrillic,
  },
  'sr-Latn': {
    name: 'Srpski',
    lang: 'sr-Latn-RS',
    dir: 'ltr',
    answersTo: ['hr', 'bs'],
    load: async () => (await import('./texts/sr-latn.ts')).serbianLatin,
  },
} satisfies Readonly<Record<string, Language>>;

export type LanguageTag = keyof typeof rows;
export const languages: Readonly<Record<LanguageTag, Language>> = rows;
export const languageTags = Object.keys(languages) as readonly LanguageTag[];
export const isLanguage = (tag: unknown): tag is LanguageTag =>
  typeof tag === 'string' && Object.hasOwn(languages, tag);

export const loadVoterCopy = async (tag: LanguageTag): Promise<Copy> => voterCopyOf(await languages[tag].load());
