// The frame of a page without script: header, languages as links, banner of a rehearsal, footer.
import type { PublicElection } from '../../protocol/public-document.ts';
import { html, markupText } from './html.ts';
import type { Html } from './html.ts';
import { languages } from './languages/languages.ts';
import type { Words } from './words.ts';

export type Assets = {
  readonly style: string;
  readonly icon: string;
  readonly check: string;
  readonly roll: string;
  readonly share: string;
};
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
  /** What a preview of a link to this page says, if the page says it of an election. */
  readonly preview?: string | undefined;
  /** The address of the picture beside it. */
  readonly picture?: string | undefined;
  readonly election: Pick<PublicElection, 'id' | 'rehearsal' | 'organiser' | 'colour' | 'logo'> | null;
  readonly body: Html;
};

export function renderPage(parts: PageParts): string {
  const { words, assets, path, kind, script, title, titleText, preview, picture, election, body } = parts;
  const { lang, dir } = words;
  const links = Object.entries(languages).map(([tag, language]) =>
    tag === words.tag
      ? html`<li><span lang="${language.lang}" aria-current="true">${language.name}</span></li>`
      : html`<li>
          <a href="${path}?lang=${tag}" hreflang="${language.lang}" lang="${language.lang}">${language.name}</a>
        </li>`,
  );
  const page = html`<html lang="${lang}" dir="${dir}" data-tag="${words.tag}">
    ${headOf({
      assets,
      title: `${kind === '' ? '' : `${kind} – `}${titleText} – PopVote`,
      more: html`${preview !== undefined && previewTags(words, `${kind} – ${titleText}`, preview, picture)}
      ${script && html`<script type="module" src="${script}"></script>`}`,
    })}
    <body class="public">
      <a class="skip" href="#main">${words.text('skip')}</a>
      <header${election?.colour && html` class="coloured"`}>
        ${election?.colour && colourBehind(election.colour)}
        <div class="bar">
          ${election && logoPart(election, election.organiser ? words.name(election.organiser) : '')}
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
        ${election?.organiser && html`<p>${words.prose(election.organiser)}</p>`}
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
  return documentOf(page);
}

export const documentOf = (page: Html): string => `<!doctype html>\n${markupText(page)}`;

/** Fills the header. The policy of the page forbids styles in it, but not the attributes of a drawing. */
const colourBehind = (colour: string): Html =>
  html`<svg aria-hidden="true"><rect width="100%" height="100%" fill="${colour}" /></svg>`;

/** The logo of the organiser, if there is one. `alt` is empty where the name of the organiser is beside it. */
export const logoPart = ({ id, logo }: Pick<PublicElection, 'id' | 'logo'>, alt: string): Html | undefined =>
  logo &&
  html`<img
    class="logo"
    src="/v1/elections/${id}/logo?sha256=${logo.sha256}"
    width="${logo.width}"
    height="${logo.height}"
    alt="${alt}"
  />`;

type HeadParts = { readonly assets: Assets | null; readonly title: string; readonly more?: Html };

export const headOf = ({ assets, title, more }: HeadParts): Html =>
  html`<head>
    <meta charset="utf-8" />
    <title>${title}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    ${assets && html`<link rel="icon" href="${assets.icon}" type="image/svg+xml" /><link rel="stylesheet" href="${assets.style}" />`}
    ${more}
  </head>`;

/** Longest text of a preview, in characters. Programs that show previews cut it further. */
const previewCharactersMax = 300;

/** Open Graph: the title, the text and the picture that other programs show beside a link. */
function previewTags({ lang }: Words, title: string, text: string, picture: string | undefined): Html {
  const { language, region } = new Intl.Locale(lang);
  const characters = Array.from(text);
  const short =
    characters.length > previewCharactersMax ? `${characters.slice(0, previewCharactersMax - 1).join('')}…` : text;
  return html`<meta name="description" content="${short}" />
    <meta property="og:type" content="website" />
    <meta property="og:site_name" content="PopVote" />
    <meta property="og:title" content="${title}" />
    <meta property="og:description" content="${short}" />
    <meta property="og:locale" content="${language}_${region}" />
    ${picture && html`<meta property="og:image" content="${picture}" /><meta property="og:image:type" content="image/png" /><meta property="og:image:width" content="1200" /><meta property="og:image:height" content="630" /><meta property="og:image:alt" content="PopVote" />`}
    <meta name="twitter:card" content="summary" />`;
}
