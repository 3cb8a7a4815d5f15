// The organiser's notices, on the election's page, the ballot and the check of the choices.
import { h } from '../shared/dom.ts';
import { dateTime } from '../shared/languages.ts';
import type { VoterApp } from './app.ts';
import { electionText } from './election-text.ts';

/** All notices, the newest first; false if there is none. */
export function noticesPart(app: VoterApp): HTMLElement | false {
  const { election } = app.memory;
  const notices = election?.notices ?? [];
  if (!election || notices.length === 0) return false;
  const items = notices.map(({ at, text: texts }) => {
    const time = h('p', { class: 'muted' }, dateTime(at, app.language, election.timeZone));
    return h('li', {}, electionText('p', app, texts), time);
  });
  return h('section', { class: 'note warn notices' }, h('h2', {}, app.t('notices')), h('ul', {}, ...items.reverse()));
}
