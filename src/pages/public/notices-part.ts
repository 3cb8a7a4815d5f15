// The organiser's notices, on the pages of turnout and result.
import type { PublicElection } from '../../protocol/public-document.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Words } from './words.ts';

/** All notices, the newest first; null if there is none. */
export function publicNotices(words: Words, { notices = [] }: PublicElection): Html | null {
  if (notices.length === 0) return null;
  return html`<section class="note">
    <h2>${words.text('notices')}</h2>
    <ul>
      ${[...notices].reverse().map(
        ({ at, text }) =>
          html`<li>
            <p>${words.prose(text)}</p>
            <p class="muted">${words.time(at)}</p>
          </li>`,
      )}
    </ul>
  </section>`;
}
