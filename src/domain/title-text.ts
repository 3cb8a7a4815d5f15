// Titles have several languages. This chooses the one for a reader, in the same way on every page. A title is never
// left blank.
import type { Title } from './election.ts';

export type ShownTitle = { readonly text: string; readonly lang: string };

/**
 * A title in the reader's language, otherwise the same family, otherwise English, otherwise any, with its language tag.
 */
export function titleText(title: Title, tag: string): ShownTitle {
  const family = tag.split('-')[0] ?? tag;
  const lang =
    [tag, ...Object.keys(title).filter((other) => other.split('-')[0] === family), 'en'].find((one) => one in title) ??
    Object.keys(title)[0] ??
    tag;
  return { text: title[lang] ?? '', lang };
}
