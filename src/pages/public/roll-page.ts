// The page "Am I on the roll?", before the opening of an election. It contains the text of every outcome, hidden. A small
// script asks and shows the text that applies. Where the roll has a second element, the page asks for it too.
import type { PublicElection } from '../../protocol/public-document.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Words } from './words.ts';

type Outcome = 'Listed' | 'Absent' | 'Many' | 'Later' | 'Lost';

export function rollPageBody(words: Words, { id, phase, identity, opensAt }: PublicElection): Html {
  const back = html`<p class="screen-only"><a href="/?election=${id}">${words.text('goVote')}</a></p>`;
  const isAnswered = identity.second === undefined;
  if (phase !== 'scheduled' || identity.scheme !== 'roll' || !isAnswered) {
    return html`<p class="lead">${words.text(isAnswered ? 'rollLater' : 'rollAskOrganiser')}</p>
      ${back}`;
  }
  const verdict = (kind: string, outcome: Outcome, ok = false): Html =>
    html`<div data-verdict="${kind}" class="note ${ok ? 'ok' : 'warn'}" hidden>
      <p>${words.text(`roll${outcome}`)}</p>
    </div>`;
  return html`<p class="lead">${words.text('rollLead')}</p>
    <p>${words.text('opens', { time: words.time(opensAt) })}</p>
    <noscript><p class="note warn">${words.text('rollNoScript')}</p></noscript>
    <form novalidate autocomplete="off" data-election="${id}" hidden>
      <div class="field">
        <label for="number">${words.text('rollNumber')}</label>
        <p id="number-error" class="fault" role="alert" data-verdict="invalid" hidden>${words.text('rollInvalid')}</p>
        <input
          id="number"
          type="text"
          maxlength="64"
          spellcheck="false"
          autocapitalize="characters"
          aria-describedby="number-error"
        />
      </div>
      <button type="submit" class="primary">${words.text('rollAsk')}</button>
    </form>
    <div id="answer" tabindex="-1" role="status">
      ${verdict('listed', 'Listed', true)} ${verdict('absent', 'Absent')} ${verdict('many', 'Many')}
      ${verdict('later', 'Later')} ${verdict('lost', 'Lost')}
    </div>
    ${back}`;
}
