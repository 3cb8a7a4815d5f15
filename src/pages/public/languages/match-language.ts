// The language of a reader, by the BCP 47 tags of their preferences. Intl adds the script and the region that a tag
// leaves out: zh-TW is zh-Hant-TW, so it is nearer to zh-Hant-HK than to a language in simplified characters.
import { languages, languageTags } from './languages.ts';
import type { LanguageTag } from './languages.ts';

/** The language that fits the first matching preference, otherwise English. */
export function matchLanguage(preferences: readonly string[]): LanguageTag {
  for (const preference of preferences) {
    const locale = likelyLocale(preference);
    const match = locale && nearestLanguage(locale);
    if (match) return match;
  }
  return 'en';
}

function nearestLanguage(locale: Intl.Locale): LanguageTag | undefined {
  let nearest: LanguageTag | undefined;
  let greatest = 0;
  for (const tag of languageTags) {
    const score = nearness(tag, locale);
    if (score <= greatest) continue;
    nearest = tag;
    greatest = score;
  }
  return nearest;
}

/** 0 if a reader of the locale does not get the language. */
function nearness(tag: LanguageTag, locale: Intl.Locale): number {
  const { lang, answersTo } = languages[tag];
  const own = likelyLocale(lang);
  if (own?.language !== locale.language) {
    const others = answersTo.map(likelyLocale).filter((other) => other?.language === locale.language);
    if (others.length === 0) return 0;
    return others.some((other) => other?.script === locale.script) ? 2 : 1;
  }
  if (own.script !== locale.script) return 2;
  return own.region === locale.region ? 4 : 3;
}

/** The tag with its likely script and region, or undefined if it is not a tag. */
function likelyLocale(tag: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(tag).maximize();
  } catch {
    return undefined;
  }
}
