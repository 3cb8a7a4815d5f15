// The language of this voter, and dates and times in it.
import { displayZone } from '../../domain/time-zone.ts';
import { isLanguage, languages } from '../public/languages/languages.ts';
import type { LanguageTag } from '../public/languages/languages.ts';

const languageKey = 'popvote-language';

/** The language that the voter selected before, otherwise that of the page, which the service chose by the browser's preferences. */
export function preferredLanguage(): LanguageTag {
  try {
    const choice = localStorage.getItem(languageKey);
    if (isLanguage(choice)) return choice;
  } catch {
    // Storage may be forbidden; the browser's preferences remain.
  }
  const { tag } = document.documentElement.dataset;
  return isLanguage(tag) ? tag : 'en';
}

export function rememberLanguage(tag: LanguageTag): void {
  try {
    localStorage.setItem(languageKey, tag);
  } catch {
    // Without storage it holds for this page only.
  }
}

/**
 * A date and time in the election's time zone, which is named, in Chinese without brackets. In UTC where the browser does
 * not know the zone. Without a zone it is the browser's.
 */
export function dateTime(
  instant: string,
  tag: LanguageTag,
  zone: string | undefined,
  more: { readonly year?: 'numeric' } = {},
): string {
  return new Intl.DateTimeFormat(languages[tag].lang, {
    ...({ weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit' } as const),
    ...more,
    timeZone: zone && displayZone(zone),
    timeZoneName: 'short',
  })
    .format(new Date(instant))
    .replace(/[[\]]/g, '');
}

/** A time that is left, in whole minutes, such as "14 minutes". */
export function minutesText(ms: number, tag: LanguageTag): string {
  const form = { style: 'unit', unit: 'minute', unitDisplay: 'long' } as const;
  return new Intl.NumberFormat(languages[tag].lang, form).format(Math.max(1, Math.ceil(ms / 60_000)));
}

/** Countries (ISO 3166) by their names in a language. */
export function countryNames(countries: readonly string[], tag: LanguageTag): string {
  const names = new Intl.DisplayNames(languages[tag].lang, { type: 'region' });
  return countries.map((country) => names.of(country)).join(', ');
}
