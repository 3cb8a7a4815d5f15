// The frame around the screens: header with the languages, banner of a rehearsal, footer, and the live region for
// screen readers.
import { h, unseen } from '../shared/dom.ts';
import type { VoterApp, ScreenName, View } from './app.ts';
import { languages } from '../public/languages/languages.ts';
import type { LanguageTag } from '../public/languages/languages.ts';

export type Frame = {
  /** Shows a screen. Moves the focus to its title unless it is the first of the page. */
  show(app: VoterApp, view: View, moveFocus: boolean): void;
  /** Shows a change in the election, without touching the screen. */
  readonly showNotice: (app: VoterApp) => void;
  readonly announce: (text: string) => void;
};

export function createFrame(chooseLanguage: (tag: LanguageTag) => void): Frame {
  const spoken = h('div', { class: 'unseen', role: 'status' });
  const skip = h('a', { class: 'skip', href: '#main' });
  const header = h('header');
  const main = h('main', { id: 'main', tabindex: '-1' });
  const footer = h('footer');
  const notice = h('p', { class: 'notice note warn', hidden: true });
  const showNotice = ({ memory }: VoterApp): void => {
    notice.textContent = memory.notice?.() ?? '';
    notice.hidden = memory.notice === undefined;
  };
  return {
    showNotice,
    show(app, view, moveFocus) {
      // Not before there is something to show: visible elements must not move when the rest arrives.
      if (!main.isConnected) document.body.replaceChildren(skip, header, main, footer, spoken);
      const { lang, dir } = languages[app.language];
      Object.assign(document.documentElement, { lang, dir });
      const { election } = app.memory;
      skip.textContent = app.t('skip');
      header.replaceChildren(
        h(
          'div',
          { class: 'bar' },
          h('a', { class: 'brand', href: app.kiosk ? '/?kiosk=1' : '/' }, 'PopVote'),
          languageChoice(app, chooseLanguage),
        ),
        ...(election?.rehearsal ? [h('p', { class: 'band' }, h('strong', {}, app.t('rehearsal')))] : []),
      );
      showNotice(app);
      header.append(notice);
      const title = h('h1', { tabindex: '-1', lang: view.titleLang, dir: view.titleLang && 'auto' }, view.title);
      main.replaceChildren(
        ...(view.back ? [backLink(app, view.back)] : []),
        ...(view.step ? [h('p', { class: 'muted' }, app.t('step', { n: view.step }))] : []),
        title,
        ...view.body.filter((child) => child !== false && child !== null && child !== undefined),
      );
      footer.replaceChildren(
        h('p', {}, app.t('secrecy')),
        ...(app.kiosk ? [] : [h('p', {}, h('a', { href: `/check?lang=${app.language}` }, app.t('checkTitle')))]),
        ...(election ? [h('p', { class: 'id' }, app.t('electionId', { id: election.id }))] : []),
      );
      if (!moveFocus) return;
      scrollTo(0, 0);
      title.focus();
    },
    announce(text) {
      spoken.textContent = text;
    },
  };
}

function backLink(app: VoterApp, screen: ScreenName): HTMLElement {
  return h('button', { type: 'button', class: 'link back', onclick: () => app.go(screen) }, app.t('back'));
}

function languageChoice(app: VoterApp, choose: (tag: LanguageTag) => void): HTMLElement {
  const select = h('select', { id: 'language', onchange: () => choose(select.value as LanguageTag) });
  for (const [tag, { name, lang }] of Object.entries(languages)) {
    const option = h('option', { value: tag, lang }, name);
    option.selected = tag === app.language;
    select.append(option);
  }
  return h('label', { class: 'language' }, unseen(app.t('language')), select);
}
