// When the organiser expects to publish the result, while there is none.
import { resultExpectedAt } from '../../domain/election.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Words } from './words.ts';

export function expectedPart(words: Words, election: PublicElection): Html | null {
  const at = resultExpectedAt(election);
  return at === null ? null : html`<p>${words.text('resultExpected', { time: words.time(at) })}</p>`;
}
