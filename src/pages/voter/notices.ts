// The organiser's notices, on the election's page, the ballot and the check of the choices.
import { titleText } from '../../domain/title-text.ts';
import { h } from '../shared/dom.ts';
import { dateTime } from '../shared/languages.ts';
import type { VoterApp } from './app.ts';

/** All notices, the newest first; false if there is none. */
export function noticesPart(app: VoterApp): HTMLElement | false {
  const { election } = app.memory;
  const notices = election?.notices ?? [];
  if (!election || notices.length === 0) return false;
  const items = notices.map(({ at, text: texts }) => {
    const { text, lang } = titleText(texts, app.language);
    const time = h('p', { class: 'muted' }, dateTime(at, app.language, election.timeZone));
    return h('li', {}, h('p', { lang, dir: 'auto' }, text), time);
  });
  return h('section', { class: 'note warn notices' }, h('h2', {}, app.t('notices')), h('ul', {}, ...items.reverse()));
}
