// The frame of a page without script: header, languages as links, banner of a rehearsal, footer.
import type { PublicElection } from '../../protocol/public-document.ts';
import { html, markupText } from './html.ts';
import type { Html } from './html.ts';
import { languages } from './languages/languages.ts';
import type { Words } from './words.ts';

export type Assets = { readonly style: string; readonly icon: string; readonly check: string; readonly roll: string };
export type PageParts = {
  readonly words: Words;
  readonly assets: Assets | null;
  /** The path of this page, without its language. */
  readonly path: string;
  /** The kind of this page, shown above its title. */
  readonly kind: string;
  /** The page's script, if it has one. */
  readonly script?: string | undefined;
  readonly title: Html;
  /** The same as plain text, for the document title. */
  readonly titleText: string;
  readonly election: Pick<PublicElection, 'id' | 'rehearsal' | 'organiser'> | null;
  readonly body: Html;
};

export function renderPage(parts: PageParts): string {
  const { words, assets, path, kind, script, title, titleText, election, body } = parts;
  const { lang, dir } = words;
  const links = Object.entries(languages).map(([tag, language]) =>
    tag === words.tag
      ? html`<li><span lang="${language.lang}" aria-current="true">${language.name}</span></li>`
      : html`<li>
          <a href="${path}?lang=${tag}" hreflang="${language.lang}" lang="${language.lang}">${language.name}</a>
        </li>`,
  );
  const page = html`<html lang="${lang}" dir="${dir}" data-tag="${words.tag}">
    <head>
      <meta charset="utf-8" />
      <title>${kind !== '' && `${kind} – `}${titleText} – PopVote</title>
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      ${assets && html`<link rel="icon" href="${assets.icon}" type="image/svg+xml" /><link rel="stylesheet" href="${assets.style}" />`}
      ${script && html`<script type="module" src="${script}"></script>`}
    </head>
    <body class="public">
      <a class="skip" href="#main">${words.text('skip')}</a>
      <header>
        <div class="bar">
          <a class="brand" href="/">PopVote</a>
          <nav aria-label="${words.text('languages')}">
            <ul class="languages">
              ${links}
            </ul>
          </nav>
        </div>
        ${election?.rehearsal && html`<p class="band"><strong>${words.text('rehearsal')}</strong></p>`}
      </header>
      <main id="main" tabindex="-1">
        ${kind !== '' && html`<p class="muted kind">${kind}</p>`}
        <h1>${title}</h1>
        ${body}
      </main>
      <footer>
        ${election?.organiser && html`<p>${words.title(election.organiser)}</p>`}
        ${
          election &&
          html`<p>${words.text('signed')}</p>
            <p>${words.text('electionId')} <bdi dir="ltr">${election.id}</bdi></p>`
        }
        <p><a href="/">${words.text('allVotes')}</a></p>
        <p><a href="/archive?lang=${words.tag}">${words.text('endedVotes')}</a></p>
      </footer>
    </body>
  </html> `;
  return `<!doctype html>\n${markupText(page)}`;
}
