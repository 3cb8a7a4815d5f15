// Turnout: one number, its share if there is a roll, and the channels. Never a choice.
import { barPercent } from '../../domain/results/rounding.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { TurnoutBody } from '../../protocol/public-results.ts';
import { expectedPart } from './expected-part.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { checkpointPart, trustLink } from './log-part.ts';
import type { PublicLog, ShownCheckpoint } from './log-part.ts';
import { publicNotices } from './notices-part.ts';
import { row, table } from './table-region.ts';
import type { Words } from './words.ts';

export type Turnout = Pick<TurnoutBody, 'eligible' | 'online' | 'batches' | 'final'> & {
  /** Null if the number is part of the result and has no time of its own. */
  readonly countedAt: string | null;
};

/** Turnout as a sentence. Once voting has ended it says whether the ballots are counted. */
export function turnoutSentence(words: Words, { eligible, online, batches, final }: Turnout, ended = final): string {
  const total = online + batches;
  const isSum = eligible === null || eligible === 0;
  const sentence = isSum
    ? words.counted(ended ? 'ballotsFinal' : 'ballotsSoFar', total)
    : words.text(ended ? 'shareFinal' : 'shareSoFar', {
        percent: words.turnoutShare({ numerator: total, denominator: eligible }),
      });
  return ended && !final ? [sentence, words.text('beforeCount')].join(words.sentenceSpace) : sentence;
}

export function turnoutPageBody(
  words: Words,
  election: PublicElection,
  turnout: Turnout | null,
  { log, checkpoint }: { readonly log: PublicLog | null; readonly checkpoint: ShownCheckpoint | null },
): Html {
  const { phase, opensAt, closesAt, id } = election;
  const ended = phase === 'closed' || phase === 'published';
  const times = words.text(ended ? 'closed' : phase === 'open' ? 'closes' : 'opens', {
    time: words.time(phase === 'scheduled' ? opensAt : closesAt),
  });
  const query = `?lang=${words.tag}`;
  return html`<p class="lead">${turnout ? turnoutSentence(words, turnout, ended) : words.text('noTurnout')}</p>
    ${turnout && share(turnout)}
    <p>${times}</p>
    ${phase === 'closed' && expectedPart(words, election)} ${publicNotices(words, election)}
    ${turnout && turnoutTable(words, turnout)}
    ${turnout?.countedAt && html`<p>${words.text('countedAt', { time: words.time(turnout.countedAt) })}</p>`}
    ${
      phase === 'open' &&
      html`<p>${words.text('later')}</p>
        <p class="screen-only"><a class="button" href="/turnout/${id}${query}">${words.text('loadAgain')}</a></p>`
    }
    ${phase !== 'published' && html`<p>${words.text('sealed')}</p>`}
    ${log && checkpoint && checkpointPart(words, id, log, checkpoint)}
    <ul class="links screen-only">
      ${ended ? html`<li><a href="/results/${id}${query}">${words.text('toResults')}</a></li>` : html`<li><a href="/?election=${id}">${words.text('goVote')}</a></li>`}
      <li>${trustLink(words, id)}</li>
      ${turnout?.countedAt && html`<li><a href="/v1/elections/${id}/turnout">${words.text('turnoutJson')}</a></li>`}
    </ul>`;
}

function share({ eligible, online, batches }: Turnout): Html | null {
  if (eligible === null || eligible === 0) return null;
  const percent = barPercent({ numerator: online + batches, denominator: eligible });
  return html`<svg class="share" aria-hidden="true">
    <rect class="track" width="100%" height="100%" />
    <rect class="c1" width="${percent}%" height="100%" />
  </svg>`;
}

function turnoutTable(words: Words, { eligible, online, batches }: Turnout): Html {
  const paper = batches > 0;
  const rows = [
    row(words.text('online'), [words.number(online)]),
    paper && row(words.text('paper'), [words.number(batches)]),
    paper && row(words.text('total'), [words.number(online + batches)], 'sum'),
    eligible !== null && row(words.text('eligible'), [words.number(eligible)]),
  ];
  const columns = [words.text('channel'), words.text('ballots')];
  return html`${table({ id: 'counts', label: words.text('turnout'), columns, rows })}
  ${paper && html`<p class="muted">${words.text('paperHint')}</p>`}`;
}
