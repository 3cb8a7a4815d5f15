// The simulator's page: a form that acts as a phone, and a list of the texts that a phone received. Plain HTML without
// script, readable on a phone, dark and light. All input is escaped. A notice at the top explains that it is a
// simulator.
import { createHash } from 'node:crypto';
import type { ReceivedText } from './simulator.ts';

const style = `
:root{color-scheme:light dark;--ink:#14202e;--paper:#fff;--line:#5d6b7d;--act:#0b3d91;--on-act:#fff;--warn:#fff4d6;--bad:#8f1515}
@media(prefers-color-scheme:dark){:root{--ink:#f2f5f9;--paper:#101820;--line:#8d9bad;--act:#a9c7ff;--on-act:#101820;--warn:#3a2f0b;--bad:#ffb4a9}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:36rem;padding:1rem;font:1.125rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
.note{padding:.75rem 1rem;border:2px solid;background:var(--warn);font-weight:600}
label{display:block;margin-top:1rem;font-weight:600}
input,textarea,button{width:100%;min-height:3rem;padding:.5rem .75rem;font:inherit;color:inherit;background:transparent;border:2px solid var(--line);border-radius:.25rem}
button{margin-top:1rem;font-weight:600;color:var(--on-act);background:var(--act);border-color:var(--act)}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
.problem{color:var(--bad);font-weight:600}
ol{list-style:none;padding:0}
li{margin:0 0 1rem;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.25rem}
li p{margin:.25rem 0;white-space:pre-wrap}
small{display:block}
`;

/** Allows only this page's style and forms. */
export const simulatorPagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

type SimulatorPage = {
  readonly number: string;
  readonly phone: string;
  readonly body: string;
  /** The outcome of the last text that was sent, if any. */
  readonly notice?: { readonly bad: boolean; readonly text: string } | undefined;
  readonly texts: readonly ReceivedText[];
};

export function simulatorPage({ number, phone, body, notice, texts }: SimulatorPage): string {
  const noticeHtml = notice
    ? `<p role="${notice.bad ? 'alert' : 'status'}"${notice.bad ? ' class="problem"' : ''}>${escape(notice.text)}</p>`
    : '';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><title>SMS simulator</title><style>${style}</style></head>
<body>
<main>
<h1>SMS simulator</h1>
<p class="note">This is a simulator for rehearsals. No real phone sends or receives anything here, and anyone can pretend to be any phone.</p>
${noticeHtml}
<h2>Send a text from a phone</h2>
<form method="post" action="/simulator">
<label for="from">From this phone</label>
<input id="from" name="from" type="tel" required maxlength="32" value="${escape(phone)}">
<label for="to">To this number</label>
<input id="to" name="to" type="tel" required maxlength="32" value="${escape(number)}">
<label for="body">Text</label>
<textarea id="body" name="body" rows="3" required maxlength="1600">${escape(body)}</textarea>
<button type="submit">Send the text</button>
</form>
<h2>Texts that a phone received</h2>
<form method="get" action="/simulator">
<label for="phone">Phone</label>
<input id="phone" name="phone" type="tel" required maxlength="32" value="${escape(phone)}">
<button type="submit">Show its texts</button>
</form>
${phone === '' ? '' : textList(texts)}
</main>
</body>
</html>
`;
}

function textList(texts: readonly ReceivedText[]): string {
  if (texts.length === 0) return '<p>No text has reached this phone in the last hour.</p>';
  const items = texts.map(
    ({ from, body, at }) =>
      `<li><small>From ${escape(from)}, <time datetime="${escape(at)}">${escape(at)}</time></small><p>${escape(body)}</p></li>`,
  );
  return `<ol>${items.join('')}</ol>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
