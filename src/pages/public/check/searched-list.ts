// The elections in which a code was looked for, each with what its log says, and the button that searches on. The texts are
// in the page already.
import { titleText } from '../../../domain/title-text.ts';
import { h } from '../../shared/dom.ts';
import type { CodeSearch } from './find-code.ts';

/** Shows the elections that were searched, in the language of the page. */
export function showSearched(searched: CodeSearch['searched'], hasMore: boolean, tag: string): void {
  const place = document.getElementById('searched');
  const name = document.getElementById('searched-name');
  const older = document.getElementById('older');
  if (!place || !name || !older) return;
  const items = searched.map(({ electionId, title, kind }) => {
    const { text, lang } = titleText(title ?? {}, tag);
    const state = place.getAttribute(`data-${kind}`) ?? '';
    return h('li', {}, h('bdi', { lang }, text || electionId), ` – ${state}`);
  });
  place.replaceChildren(...items);
  for (const part of [place, name]) part.hidden = items.length === 0;
  older.hidden = !hasMore || items.length === 0;
}
