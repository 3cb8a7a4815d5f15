// The page "Am I on the roll?", before the opening of an election. It contains the text of every outcome, hidden. A small
// script asks and shows the text that applies. Where the roll has a second element, the page asks for it too.
import type { PublicElection } from '../../protocol/public-document.ts';
import type { SecondElement } from '../../domain/roll/second-element.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { isolatedNumbers } from './isolated-numbers.ts';
import type { Words } from './words.ts';

type Outcome = 'Listed' | 'Absent' | 'BothListed' | 'BothAbsent' | 'Many' | 'Later' | 'Lost';

export function rollPageBody(words: Words, { id, phase, identity, opensAt }: PublicElection): Html {
  const back = html`<p class="screen-only"><a href="/?election=${id}">${words.text('goVote')}</a></p>`;
  if (phase !== 'scheduled' || identity.scheme !== 'roll') {
    return html`<p class="lead">${words.text('rollLater')}</p>
      ${back}`;
  }
  const verdict = (kind: string, outcome: Outcome, ok = false): Html =>
    html`<div data-verdict="${kind}" class="note ${ok ? 'ok' : 'warn'}" hidden>
      <p>${words.text(`roll${outcome}`)}</p>
    </div>`;
  const { second } = identity;
  const both = second === undefined ? '' : 'Both';
  return html`<p class="lead">${words.text(`roll${both}Lead`)}</p>
    <p>${words.text('opens', { time: words.time(opensAt) })}</p>
    <noscript><p class="note warn">${words.text('rollNoScript')}</p></noscript>
    <form novalidate autocomplete="off" data-election="${id}" hidden>
      <div class="field">
        <label for="number">${words.text('rollNumber')}</label>
        <p id="number-error" class="fault" role="alert" data-verdict="invalid" hidden>${words.text('rollInvalid')}</p>
        <input id="number" type="text" dir="ltr" maxlength="64" spellcheck="false" autocapitalize="characters" />
      </div>
      ${second === undefined ? '' : secondField(words, second)}
      <button type="submit" class="primary">${words.text('rollAsk')}</button>
    </form>
    <div id="answer" tabindex="-1" role="status">
      ${verdict('listed', `${both}Listed`, true)} ${verdict('absent', `${both}Absent`)} ${verdict('many', 'Many')}
      ${verdict('later', 'Later')} ${verdict('lost', 'Lost')}
    </div>
    ${back}`;
}

const texts = { pin: 'rollPin', 'birth-date': 'rollBirthDate' } as const;

function secondField(words: Words, kind: SecondElement): Html {
  const hint = isolatedNumbers(words.text(`${texts[kind]}Hint`));
  return html`<div class="field">
    <label for="second">${words.text(texts[kind])}</label>
    <p id="second-hint" class="muted">${hint}</p>
    <p id="second-error" class="fault" role="alert" data-verdict="second" hidden>${hint}</p>
    <input
      id="second"
      type="text"
      dir="ltr"
      maxlength="64"
      spellcheck="false"
      inputmode="${kind === 'pin' ? 'numeric' : 'text'}"
      data-kind="${kind}"
      aria-describedby="second-hint"
    />
  </div>`;
}
