// The result for other websites, in a frame: title, sentence and table of each question, without script, form or cookie. Its
// links open the whole result in a tab of its own.
import type { PublicElection } from '../../protocol/public-document.ts';
import type { ResultsBody } from '../../protocol/public-results.ts';
import { contestView } from './contest-view.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { documentOf, headOf, logoPart } from './page-frame.ts';
import type { Assets } from './page-frame.ts';
import { resultOutcomes } from './result-outcomes.ts';
import { seatNumbers } from './seat-result.ts';
import { winnerTable } from './winner-result.ts';
import type { Words } from './words.ts';

type EmbedParts = {
  readonly words: Words;
  readonly assets: Assets | null;
  readonly election: PublicElection;
  /** Null until the result is published. */
  readonly results: ResultsBody | null;
};

export function renderEmbed({ words, assets, election, results }: EmbedParts): string {
  const { lang, dir, tag } = words;
  const { id, rehearsal, organiser } = election;
  const link = (text: Html): Html =>
    html`<a href="/results/${id}?lang=${tag}" target="_blank" rel="noopener">${text}</a>`;
  const kind = words.text('result');
  const page = html`<html lang="${lang}" dir="${dir}">
    ${headOf({ assets, title: `${kind} – ${words.name(election.title)} – PopVote` })}
    <body class="public embed">
      ${
        rehearsal &&
        html`<header>
          <p class="band"><strong>${words.text('rehearsal')}</strong></p>
        </header>`
      }
      <main>
        <p class="muted kind">${kind}</p>
        <h1>${link(words.title(election.title))}</h1>
        ${results ? contests(words, election, results) : waiting(words, election)}
      </main>
      <footer>
        ${logoPart(election, '')} ${organiser && html`<p>${words.prose(organiser)}</p>`}
        <p>${link(html`${words.text('embedWhole')}`)}</p>
      </footer>
    </body>
  </html> `;
  return documentOf(page);
}

function contests(words: Words, election: PublicElection, results: ResultsBody): Html {
  const { revision } = results;
  const parts = resultOutcomes(words, election, results).map(({ id, contest, count, sentence }) => {
    const numbers =
      count.kind === 'seats'
        ? seatNumbers(contestView(words, id, contest, count))
        : winnerTable(contestView(words, id, contest, count));
    return html`<section>
      <h2>${words.title(contest.title)}</h2>
      <p><strong>${sentence}</strong></p>
      ${numbers}
    </section>`;
  });
  return html`${parts} ${revision > 1 && html`<p>${words.text('revised', { n: words.number(revision) })}</p>`}`;
}

function waiting(words: Words, { phase, opensAt, closesAt }: PublicElection): Html {
  const ended = phase === 'closed' || phase === 'published';
  const key = ended ? 'closed' : phase === 'open' ? 'closes' : 'opens';
  return html`<p class="lead">${words.text('notYet')}</p>
    <p>${words.text(key, { time: words.time(phase === 'scheduled' ? opensAt : closesAt) })}</p>
    <p>${words.text(ended ? 'notYetClosed' : 'notYetOpen')}</p>`;
}
