// The language of a public page: the one in the address, otherwise the best match of Accept-Language, otherwise
// English.
import { isLanguage } from './languages/languages.ts';
import type { LanguageTag } from './languages/languages.ts';
import { matchLanguage } from './languages/match-language.ts';

/** Most preferences of an Accept-Language that are read. */
const preferencesMax = 20;

export function pageTag(requested: unknown, accepted: string | undefined): LanguageTag {
  if (isLanguage(requested)) return requested;
  const preferences = (accepted ?? '')
    .split(',', preferencesMax)
    .map((preference) => {
      const [tag = '', quality = ''] = preference
        .trim()
        .toLowerCase()
        .split(/\s*;\s*q=/);
      return { tag, quality: quality === '' ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  return matchLanguage(preferences.map(({ tag }) => tag));
}
