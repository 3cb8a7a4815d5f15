// Titles have several languages. This chooses the one that a reader sees, in the same way for every page; a title is
// never left blank.
import type { Title } from './election.ts';

export type ShownTitle = { readonly text: string; readonly lang: string };

/** A title in the reader's language, else the same family, else English, else any, with the tag it is in. */
export function titleText(title: Title, tag: string): ShownTitle {
  const family = tag.split('-')[0] ?? tag;
  const lang =
    [tag, ...Object.keys(title).filter((other) => other.split('-')[0] === family), 'en'].find((one) => one in title) ??
    Object.keys(title)[0] ??
    tag;
  return { text: title[lang] ?? '', lang };
}
