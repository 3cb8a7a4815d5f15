// Titles have several languages. This chooses the one for a reader, in the same way on every page. A title is never
// left blank.
import type { Title } from './election.ts';
import { ownValue } from './own-value.ts';

export type ShownTitle = { readonly text: string; readonly lang: string };

/**
 * A title in the reader's language, otherwise the same family, otherwise English, otherwise any, with its language tag.
 * With several languages, the first of them that the title has, in its family too. Any text may be a language.
 */
export function titleText(title: Title, ...tags: readonly string[]): ShownTitle {
  const languages = Object.keys(title);
  const inFamily = (tag: string): readonly string[] => languages.filter((other) => familyOf(other) === familyOf(tag));
  const candidates = [...tags.flatMap((tag) => [tag, ...inFamily(tag)]), 'en'];
  const lang = candidates.find((one) => ownValue(title, one) !== undefined) ?? languages[0] ?? tags[0] ?? 'en';
  return { text: ownValue(title, lang) ?? '', lang };
}

const familyOf = (tag: string): string => tag.split('-', 1)[0]?.toLowerCase() ?? '';
