// The name of a language, by its tag (BCP 47).

/** In English, such as "Serbian (Cyrillic)"; the tag itself for an unknown language. */
export function languageName(tag: string): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
