// The languages of the page, which one this voter reads, and how moments are written in it.
import type { Copy } from './copy/copy.ts';

type Language = {
  readonly name: string;
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** A part of its own: a voter loads one. The page that is sent names it beforehand (build/pages.ts). */
  readonly load: () => Promise<Copy>;
};

/** By the tag that election texts use. `lang` also names the region, by which browsers choose fonts and dates. */
export const languages = {
  en: { name: 'English', lang: 'en-GB', dir: 'ltr', load: async () => (await import('./copy/en.ts')).en },
  'zh-Hant-HK': {
    name: '繁體中文',
    lang: 'zh-Hant-HK',
    dir: 'ltr',
    load: async () => (await import('./copy/zh-hant-hk.ts')).zhHantHk,
  },
  'sr-Cyrl': {
    name: 'Српски',
    lang: 'sr-Cyrl-RS',
    dir: 'ltr',
    load: async () => (await import('./copy/sr-cyrl.ts')).srCyrl,
  },
  'sr-Latn': {
    name: 'Srpski',
    lang: 'sr-Latn-RS',
    dir: 'ltr',
    load: async () => (await import('./copy/sr-latn.ts')).srLatn,
  },
} as const satisfies Readonly<Record<string, Language>>;
export type LanguageTag = keyof typeof languages;

const languageKey = 'popvote-language';
const isTag = (tag: string | null): tag is LanguageTag => tag !== null && Object.hasOwn(languages, tag);

/** The language chosen before, else the first of the browser's that we speak, else English. */
export function preferredLanguage(): LanguageTag {
  try {
    const chosen = localStorage.getItem(languageKey);
    if (isTag(chosen)) return chosen;
  } catch {
    // Storage may be forbidden; the browser's own wish is left.
  }
  for (const wish of navigator.languages) {
    const tag = wish.toLowerCase();
    if (tag.startsWith('en')) return 'en';
    if (tag.startsWith('zh')) return 'zh-Hant-HK';
    if (tag.startsWith('sr')) return tag.includes('latn') ? 'sr-Latn' : 'sr-Cyrl';
  }
  return 'en';
}

export function rememberLanguage(tag: LanguageTag): void {
  try {
    localStorage.setItem(languageKey, tag);
  } catch {
    // Then it holds for this page only.
  }
}

/** A moment as people write it, in the election's time zone, which is named where the reader's own is another. */
export function dateTime(instant: string, tag: LanguageTag, timeZone: string): string {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone === timeZone;
  return new Intl.DateTimeFormat(languages[tag].lang, {
    ...({ weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' } as const),
    timeZone,
    ...(!own && { timeZoneName: 'short' }),
  }).format(new Date(instant));
}

/** The time of day on this device. */
export function timeOfDay(instant: string, tag: LanguageTag): string {
  return new Intl.DateTimeFormat(languages[tag].lang, { hour: '2-digit', minute: '2-digit' }).format(new Date(instant));
}
