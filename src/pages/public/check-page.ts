// The page that checks a receipt. It contains the text of every outcome, hidden. A small script, which needs no
// language, checks the signature in the browser and shows the text that applies. Without script the page explains how
// to check elsewhere.
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Words } from './words.ts';

export function checkBody(words: Words): Html {
  const verdict = (kind: string, title: 'Genuine' | 'False' | 'Unknown', ok = false): Html =>
    html`<div data-verdict="${kind}" class="note ${ok ? 'ok' : 'warn'}" hidden>
      <h2>${words.text(`check${title}`)}</h2>
      <p>${words.text(`check${title}Text`)}</p>
    </div>`;
  return html`<p class="lead">${words.text('checkLead')}</p>
    <noscript>
      <p class="note warn">${words.text('checkNoScript')}</p>
    </noscript>
    <form novalidate autocomplete="off" hidden>
      <div class="field">
        <label for="file">${words.text('checkFile')}</label>
        <input id="file" type="file" accept=".json,application/json" />
      </div>
      <div class="field">
        <label for="receipt">${words.text('checkPaste')}</label>
        <p id="receipt-hint" class="muted">${words.text('checkHint')}</p>
        <p id="receipt-error" class="fault" role="alert" data-verdict="unreadable" hidden>
          ${words.text('checkUnreadable')}
        </p>
        <textarea id="receipt" rows="6" spellcheck="false" aria-describedby="receipt-hint receipt-error"></textarea>
      </div>
      <button type="submit" class="primary">${words.text('checkAct')}</button>
    </form>
    <div id="answer" tabindex="-1">
      ${verdict('genuine', 'Genuine', true)} ${verdict('false', 'False')} ${verdict('unknown-key', 'Unknown')}
      <div data-verdict="no-keys" class="note warn" hidden><p>${words.text('checkNoKeys')}</p></div>
      <div data-verdict="no-support" class="note warn" hidden><p>${words.text('checkNoSupport')}</p></div>
      <dl id="details" class="details" hidden>
        <dt>${words.text('receiptCode')}</dt>
        <dd id="leaf" class="receipt-code"></dd>
        <dt>${words.text('checkNames')}</dt>
        <dd><bdi id="vote"></bdi></dd>
        <dt>${words.text('checkKey')}</dt>
        <dd id="kid"></dd>
      </dl>
    </div>
    <h2>${words.text('checkOther')}</h2>
    <p>${words.text('checkOtherText')}</p>
    <p><a href="/v1/public-keys">${words.text('keysJson')}</a></p>`;
}
