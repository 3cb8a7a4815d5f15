// The page that checks a receipt. It contains the text of every outcome, hidden. A small script, which needs no
// language, checks the signature in the browser, finds the receipt in the public log, and shows the texts that apply. Without
// script the page explains how to check elsewhere.
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { TextKey } from './languages/language-texts.ts';
import type { Words } from './words.ts';

type LogTitle = 'Found' | 'Later' | 'Missing' | 'Unreachable' | PlainTitle;
/** Of the same words for a receipt and for a code. */
type PlainTitle = 'Repeated' | 'Broken';

export function checkBody(words: Words): Html {
  const verdict = (kind: string, title: 'Genuine' | 'False' | 'Unknown', ok = false): Html =>
    html`<div data-verdict="${kind}" class="note ${ok ? 'ok' : 'warn'}" hidden>
      <h2>${words.text(`check${title}`)}</h2>
      <p>${words.text(`check${title}Text`)}</p>
    </div>`;
  const logNote = (kind: string, title: LogTitle, ...more: readonly Html[]): Html =>
    html`<div data-log="${kind}" class="note ${kind === 'found' ? 'ok' : 'warn'}" hidden>
      ${isOfCode(title) ? headings(words, title) : html`<h2>${words.text(`checkLog${title}`)}</h2>`} ${more}
    </div>`;
  const plainNote = (kind: string, title: PlainTitle): Html =>
    logNote(kind, title, filled(words, `checkLog${title}Text`));
  const witnesses = [
    filled(words, 'checkLogSeen', 'seen'),
    filled(words, 'checkLogUnseen', 'unseen'),
    filled(words, 'checkLogFew', 'few'),
  ];
  return html`<p class="lead">${words.text('checkLead')}</p>
    <noscript>
      <p class="note warn">${words.text('checkNoScript')}</p>
    </noscript>
    <p id="sent" class="note warn" hidden>${words.text('checkCodeSent')}</p>
    ${formOf(words)}
    <div id="answer" tabindex="-1">
      ${verdict('genuine', 'Genuine', true)} ${verdict('false', 'False')} ${verdict('unknown-key', 'Unknown')}
      <div data-verdict="no-keys" class="note warn" hidden><p>${words.text('checkNoKeys')}</p></div>
      <div data-verdict="no-support" class="note warn" hidden><h2>${words.text('checkNoSupport')}</h2></div>
      <div role="status">
        <p data-log="searching" hidden>${words.text('checkLogSearching')}</p>
        ${logNote('found', 'Found', filled(words, 'checkLogFoundText'), ...witnesses)}
        ${logNote('later', 'Later', ...either(words, 'Later'))}
        ${logNote('missing', 'Missing', ...either(words, 'Missing'))} ${plainNote('repeated', 'Repeated')}
        ${plainNote('broken', 'Broken')} ${logNote('unreachable', 'Unreachable', ...unreachable(words))}
        <div data-log="no-log" class="note warn" hidden><p>${words.text('checkCodeNoLog')}</p></div>
        <div id="seen-at" hidden>${filled(words, 'checkLogSeenAt')}</div>
      </div>
      ${searched(words)}
      <p><button id="save" type="button" class="secondary" hidden>${words.text('checkSave')}</button></p>
      <dl id="details" class="details" hidden>
        <dt>${words.text('receiptCode')}</dt>
        <dd id="leaf" class="receipt-code"></dd>
        <dt id="code-name" hidden>${words.text('voteCode')}</dt>
        <dd id="code" class="receipt-code" hidden></dd>
        <dt>${words.text('checkNames')}</dt>
        <dd><bdi id="vote"></bdi></dd>
        <dt id="kid-name">${words.text('checkKey')}</dt>
        <dd id="kid"></dd>
      </dl>
      <p id="trust" class="screen-only" hidden><a href="/check">${words.text('toTrust')}</a></p>
    </div>
    <h2>${words.text('checkOther')}</h2>
    <p>${words.text('checkOtherText')}</p>
    <p><a href="/v1/public-keys">${words.text('keysJson')}</a></p>`;
}

/** Where a code is typed, a saved file opened, or a receipt pasted. */
const formOf = (words: Words): Html =>
  html`<form novalidate autocomplete="off" hidden>
    <div class="field">
      <label for="typed">${words.text('receiptCode')}</label>
      <p id="typed-hint" class="muted">${words.text('checkCodeHint')}</p>
      <p class="fault" role="alert" id="typed-unreadable" data-verdict="code-unreadable" hidden>
        ${words.text('checkCodeUnreadable')}
      </p>
      <p class="fault" role="alert" id="typed-wrong" data-verdict="wrong-character" hidden>
        ${words.text('checkCodeOneWrong')}
      </p>
      <input
        id="typed"
        dir="ltr"
        maxlength="60"
        autocapitalize="characters"
        autocomplete="off"
        spellcheck="false"
        aria-describedby="typed-hint"
      />
    </div>
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
      <textarea id="receipt" rows="6" spellcheck="false" aria-describedby="receipt-hint"></textarea>
    </div>
    <button type="submit" class="primary">${words.text('checkAct')}</button>
  </form>`;

/** The elections in which a code was looked for, with what the script says of each, and how to search on. */
function searched(words: Words): Html {
  return html`<h2 id="searched-name" hidden>${words.text('checkSearched')}</h2>
    <ul
      id="searched"
      aria-labelledby="searched-name"
      data-found="${words.text('checkSearchedFound')}"
      data-later="${words.text('checkSearchedLater')}"
      data-missing="${words.text('checkSearchedMissing')}"
      data-repeated="${words.text('checkSearchedRepeated')}"
      data-broken="${words.text('checkSearchedBroken')}"
      data-unreachable="${words.text('checkSearchedUnreachable')}"
      data-no-log="${words.text('checkSearchedNoLog')}"
      hidden
    ></ul>
    <p><button id="older" type="button" class="secondary" hidden>${words.text('checkSearchOlder')}</button></p>`;
}

type OfCode = Exclude<LogTitle, PlainTitle | 'Unreachable'>;
const isOfCode = (title: LogTitle): title is OfCode => ['Found', 'Later', 'Missing'].includes(title);

/** The heading for a receipt, that for a code, and that for a code whose election is not named. The script shows one. */
const headings = (words: Words, title: OfCode): Html =>
  html`<h2 data-of="receipt">${words.text(`checkLog${title}`)}</h2>
    <h2 data-of="${title === 'Found' ? 'code codes' : 'code'}" hidden>${words.text(`checkCode${title}`)}</h2>
    ${title !== 'Found' && html`<h2 data-of="codes" hidden>${words.text('checkCodesNone')}</h2>`}`;

/** Likewise the text. */
const either = (words: Words, title: 'Later' | 'Missing'): readonly Html[] => [
  html`<div data-of="receipt">${filled(words, `checkLog${title}Text`)}</div>`,
  html`<div data-of="code" hidden>${filled(words, `checkCode${title}Text`)}</div>`,
  html`<div data-of="codes" hidden>${filled(words, `checkCodes${title}Text`)}</div>`,
];

/** In a search of all elections there is nothing of one log that could be saved. */
const unreachable = (words: Words): readonly Html[] => [
  html`<p data-of="receipt code">${words.text('checkLogUnreachableText')}</p>`,
  html`<p data-of="codes" hidden>${words.text('checkCodesUnreachableText')}</p>`,
];

/** A text whose numbers the script fills in. */
const filled = (words: Words, key: TextKey, id = ''): Html => {
  const text = words.text(key);
  return html`<p id="${id === '' ? key : id}" data-text="${text}">${text}</p>`;
};
