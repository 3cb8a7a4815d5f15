// The frame around the screens: header with the languages, banner of a rehearsal, footer, and the live region for
// screen readers.
import type { PublicElection } from '../../protocol/public-document.ts';
import { h, present } from '../shared/dom.ts';
import type { VoterApp, ScreenName, View } from './app.ts';
import { electionText } from './election-text.ts';
import { languages } from '../public/languages/languages.ts';
import type { LanguageTag } from '../public/languages/languages.ts';

export type Frame = {
  /** Shows a screen. Moves the focus to its title unless it is the first of the page. */
  show(app: VoterApp, view: View, moveFocus: boolean): void;
  /** Shows a change in the election, without touching the screen. */
  readonly showNotice: (app: VoterApp) => void;
  readonly announce: (text: string) => void;
  /** Stays in view above the screen. Empty unless the session is about to end. */
  readonly session: HTMLElement;
};

export function createFrame(chooseLanguage: (tag: LanguageTag) => void): Frame {
  const spoken = h('div', { class: 'unseen', role: 'status' });
  // The address stays: it may be that of a question.
  const toMain = (event: Event): void => {
    event.preventDefault();
    main.focus();
  };
  const skip = h('a', { class: 'skip', href: '#main', onclick: toMain });
  const header = h('header');
  const main = h('main', { id: 'main', tabindex: '-1' });
  const footer = h('footer');
  const notice = h('p', { class: 'notice note warn', hidden: true });
  const showNotice = ({ memory }: VoterApp): void => {
    notice.textContent = memory.notice?.() ?? '';
    notice.hidden = memory.notice === undefined;
  };
  const session = h('aside', { class: 'ending', hidden: true });
  return {
    showNotice,
    session,
    show(app, view, moveFocus) {
      // Not before there is something to show: visible elements must not move when the rest arrives.
      if (!main.isConnected) document.body.replaceChildren(skip, header, session, main, footer, spoken);
      const { lang, dir } = languages[app.language];
      Object.assign(document.documentElement, { lang, dir });
      const { election } = app.memory;
      const organiser = election?.organiser && electionText('p', app, election.organiser);
      skip.textContent = app.t('skip');
      header.style.setProperty('--organiser', election?.colour ?? '');
      header.replaceChildren(
        h(
          'div',
          { class: 'bar' },
          election?.logo && logoImage(election.id, election.logo, organiser?.textContent ?? ''),
          h('a', { class: 'brand', href: app.kiosk ? '/?kiosk=1' : '/' }, 'PopVote'),
          languageChoice(app, chooseLanguage),
        ),
        ...present([election?.rehearsal && h('p', { class: 'band' }, h('strong', {}, app.t('rehearsal')))]),
      );
      showNotice(app);
      header.append(notice);
      const title = h('h1', { tabindex: '-1', lang: view.titleLang, dir: view.titleLang && 'auto' }, view.title);
      main.replaceChildren(
        ...present([
          view.back && backLink(app, view.back),
          view.step && h('p', { class: 'muted' }, app.t('step', { n: view.step })),
          title,
          ...view.body,
        ]),
      );
      footer.replaceChildren(
        ...present([
          organiser,
          h('p', {}, app.t('secrecy')),
          !app.kiosk && h('p', {}, h('a', { href: `/check?lang=${app.language}` }, app.t('checkTitle'))),
          election && h('p', { class: 'id' }, app.t('electionId'), ' ', h('bdi', { dir: 'ltr' }, election.id)),
        ]),
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

// The organiser's name, which is its text, is at the end of the page.
function logoImage(
  id: string,
  { sha256, width, height }: NonNullable<PublicElection['logo']>,
  alt: string,
): HTMLElement {
  return h('img', { src: `/v1/elections/${id}/logo?sha256=${sha256}`, width, height, alt });
}

function backLink(app: VoterApp, to: ScreenName | (() => void)): HTMLElement {
  const onclick = typeof to === 'string' ? () => app.go(to) : to;
  return h('button', { type: 'button', class: 'link back', onclick }, app.t('back'));
}

// As on the public pages: each language by its own name.
function languageChoice(app: VoterApp, choose: (tag: LanguageTag) => void): HTMLElement {
  const items = Object.entries(languages).map(([tag, { name, lang }]) => {
    const isCurrent = tag === app.language;
    const onclick = (): void => choose(tag as LanguageTag);
    const attributes = { type: 'button', class: 'link', id: isCurrent && 'language', lang, onclick };
    return h('li', {}, h('button', { ...attributes, 'aria-current': isCurrent && 'true' }, name));
  });
  return h('nav', { 'aria-label': app.t('language') }, h('ul', { class: 'languages' }, ...items));
}
