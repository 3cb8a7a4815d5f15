// The language of this voter, and dates and times in it.
import { displayZone } from '../../domain/time-zone.ts';
import { isLanguage, languages } from '../public/languages/languages.ts';
import type { LanguageTag } from '../public/languages/languages.ts';
import { matchLanguage } from '../public/languages/match-language.ts';

const languageKey = 'popvote-language';

/** The language that the voter selected before, otherwise the best match of the browser's preferences. */
export function preferredLanguage(): LanguageTag {
  try {
    const choice = localStorage.getItem(languageKey);
    if (isLanguage(choice)) return choice;
  } catch {
    // Storage may be forbidden; the browser's preferences remain.
  }
  return matchLanguage(navigator.languages);
}

export function rememberLanguage(tag: LanguageTag): void {
  try {
    localStorage.setItem(languageKey, tag);
  } catch {
    // Without storage it holds for this page only.
  }
}

/**
 * A date and time in the election's time zone, which is named if the reader's own is another. In UTC where the browser
 * does not know the zone.
 */
export function dateTime(instant: string, tag: LanguageTag, zone: string): string {
  const timeZone = displayZone(zone);
  const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone === timeZone;
  return new Intl.DateTimeFormat(languages[tag].lang, {
    ...({ weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' } as const),
    timeZone,
    ...(!ownZone && { timeZoneName: 'short' }),
  }).format(new Date(instant));
}

/** The time of day on this device. */
export function timeOfDay(instant: string, tag: LanguageTag): string {
  return new Intl.DateTimeFormat(languages[tag].lang, { hour: '2-digit', minute: '2-digit' }).format(new Date(instant));
}

/** Countries (ISO 3166) by their names in a language. */
export function countryNames(countries: readonly string[], tag: LanguageTag): string {
  const names = new Intl.DisplayNames(languages[tag].lang, { type: 'region' });
  return countries.map((country) => names.of(country)).join(', ');
}
