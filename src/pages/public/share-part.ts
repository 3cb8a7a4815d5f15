// How a published result is passed on: a link, print, a picture, and code for other websites. The script of the page shows this
// part (share/share.ts): without it none of this works.
import type { PublicElection } from '../../protocol/public-document.ts';
import type { ResultsBody } from '../../protocol/public-results.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { ResultOutcome } from './result-outcomes.ts';
import { resultPicture } from './result-picture.ts';
import type { Words } from './words.ts';

export function sharePart(
  words: Words,
  election: PublicElection,
  results: ResultsBody,
  outcomes: readonly ResultOutcome[],
): Html {
  const { id } = election;
  const query = `?lang=${words.tag}`;
  const button = (name: string, text: string): Html =>
    html`<button type="button" id="${name}" class="secondary">${text}</button>`;
  return html`<section
    id="share"
    class="screen-only"
    aria-labelledby="share-name"
    hidden
    data-id="${id}"
    data-page="/results/${id}${query}"
    data-frame="/embed/${id}${query}"
    data-title="${words.name(election.title)}"
    data-copied="${words.text('copied')}"
    data-no-picture="${words.text('shareNoPicture')}"
    data-picture="${JSON.stringify(resultPicture(words, election, results, outcomes))}"
  >
    <h2 id="share-name">${words.text('shareTitle')}</h2>
    <div class="acts">
      ${button('share-link', words.text('shareLink'))} ${button('share-print', words.text('sharePrint'))}
      ${button('share-picture', words.text('sharePicture'))}
    </div>
    <p id="share-status" role="status"></p>
    <details>
      <summary>${words.text('shareEmbed')}</summary>
      <p id="share-hint">${words.text('shareEmbedText')}</p>
      <div class="field">
        <label for="share-code">${words.text('shareCode')}</label>
        <textarea
          id="share-code"
          dir="ltr"
          rows="5"
          readonly
          spellcheck="false"
          aria-describedby="share-hint"
        ></textarea>
      </div>
      <div class="acts">${button('share-copy-code', words.text('shareCopyCode'))}</div>
    </details>
  </section>`;
}
