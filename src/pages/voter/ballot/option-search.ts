// Search in a long list of options. It hides only what the voter does not look for, and never a choice. A separate part of
// the script, loaded only with a long list.
import { inLatin } from '../../../domain/serbian-script.ts';
import type { Contest } from '../../../domain/election.ts';
import { searchTexts } from '../../public/languages/search-texts.ts';
import type { h as elementOf } from '../../shared/dom.ts';
import type { VoterApp } from '../app.ts';

/** Adds the search to its place. `rows`: the options in the order of the contest, and an abstention. */
export function addSearch(
  { language }: Pick<VoterApp, 'language'>,
  contest: Contest,
  place: HTMLElement,
  rows: readonly HTMLElement[],
  h: typeof elementOf,
): void {
  const texts = searchTexts[language];
  const titles = contest.options.map(({ title, number }) => folded([number, ...Object.values(title)].join(' ')));
  const id = `search-${rows[0]?.getAttribute('for') ?? ''}`;
  const result = h('p', { class: 'muted', role: 'status' });
  const search = (): void => {
    const words = folded(input.value).split(/\s+/);
    let matches = 0;
    for (const [at, title] of titles.entries()) {
      const row = rows[at];
      if (!row) continue;
      const isMatch = words.every((word) => title.includes(word));
      if (isMatch) matches += 1;
      row.hidden = !isMatch && row.querySelector<HTMLInputElement>('input')?.checked !== true;
    }
    const text =
      matches === 0 ? texts.none : texts.matches.replace('{n}', String(matches)).replace('{of}', String(titles.length));
    result.textContent = input.value.trim() === '' ? '' : text;
  };
  const onkeydown = (event: Event): void => {
    // Enter searches, and does not send the ballot on.
    if ((event as KeyboardEvent).key === 'Enter') event.preventDefault();
  };
  const input = h('input', {
    id,
    type: 'search',
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: search,
    onkeydown,
  });
  place.className = 'field';
  place.append(h('label', { for: id }, texts.label), input, result);
}

/** Without case, accents and the difference between the Serbian scripts. */
const folded = (text: string): string =>
  inLatin(text).normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().trim();
