// Votes that have ended, the newest first, with a link to the older ones.
import type { ElectionArchive } from '../../protocol/public-api.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Words } from './words.ts';

export function archiveBody(words: Words, { elections, next }: ElectionArchive): Html {
  const query = `?lang=${words.tag}`;
  const items = elections.map(({ id, title, phase, closesAt, timeZone, rehearsal, resultExpectedAt }) => {
    const time = (instant: string): string => words.timeIn(timeZone ?? 'UTC', instant);
    const kind = phase === 'published' ? 'results' : 'turnout';
    return html`<li>
      <a href="/${kind}/${id}${query}">${words.title(title)}</a><br />
      ${words.text('closed', { time: time(closesAt) })} ${phase !== 'published' && words.text('notYet')}
      ${phase === 'closed' && resultExpectedAt !== undefined && words.text('resultExpected', { time: time(resultExpectedAt) })}
      ${rehearsal && html`<em>${words.text('rehearsal')}</em>`}
    </li>`;
  });
  return html`${
    items.length === 0
      ? html`<p class="lead">${words.text('archiveEmpty')}</p>`
      : html`<ul>
          ${items}
        </ul>`
  }
  ${next !== null && html`<p><a href="/archive${query}&amp;before=${next}">${words.text('olderVotes')}</a></p>`}`;
}
