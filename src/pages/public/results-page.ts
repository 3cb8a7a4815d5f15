// The result of an election, in the order of readers' interest: the outcome in a sentence; each question with its
// drawing and table; an account of every ballot; the files; and how to check everything. Before publication: when to
// expect it.
import { hasOpenTie } from '../../domain/results/tie-facts.ts';
import { reconciliationFacts } from '../../domain/results/reconciliation-facts.ts';
import type { BallotSums } from '../../domain/results/reconciliation-facts.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { InvalidRowReason, ResultsBody } from '../../protocol/public-results.ts';
import { contestView } from './contest-view.ts';
import { expectedPart } from './expected-part.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { recordPart, trustLink, voteCodeOf } from './log-part.ts';
import type { TextKey } from './languages/language-texts.ts';
import type { PublicLog } from './log-part.ts';
import { publicNotices } from './notices-part.ts';
import type { ResultOutcome } from './result-outcomes.ts';
import { seatResult } from './seat-result.ts';
import { sharePart } from './share-part.ts';
import { row, table } from './table-region.ts';
import { turnoutSentence } from './turnout-page.ts';
import { winnerResult } from './winner-result.ts';
import type { Words } from './words.ts';

type ResultSource = {
  readonly election: PublicElection;
  readonly results: ResultsBody;
  readonly outcomes: readonly ResultOutcome[];
  /** The public log of the election, if it has one, and the key that signed its manifest. */
  readonly log: PublicLog | null;
  readonly manifestKey: string | null;
  /** The key that signed the results. */
  readonly resultsKey: string;
  /** Whether this site offers the result as a table. */
  readonly hasTable: boolean;
};

export function resultsPageBody(words: Words, source: ResultSource): Html {
  const { election, results, outcomes, log, hasTable } = source;
  const turnout = turnoutSentence(words, { ...results.turnout, final: true, countedAt: null });
  const parts = outcomes.map(({ id, contest, count, sentence }) => {
    const body =
      count.kind === 'seats'
        ? seatResult(contestView(words, id, contest, count))
        : winnerResult(contestView(words, id, contest, count));
    return html`<section>
      <h2>${words.title(contest.title)}</h2>
      <p class="lead"><strong>${sentence}</strong></p>
      ${body}
    </section>`;
  });
  const { revision } = results;
  return html`<p class="lead">${words.text(hasOpenTie(results.contests) ? 'unfinished' : 'final')} ${turnout}</p>
    ${revision > 1 && html`<p>${words.text('revised', { n: words.number(revision) })}</p>`}
    <p>${words.text('closed', { time: words.time(results.closedAt) })}</p>
    ${publicNotices(words, election)} ${parts} ${sharePart(words, election, results, outcomes)}
    ${accounts(words, results, log !== null)} ${downloads(words, election.id, hasTable)} ${verifying(words, source)}`;
}

/** The page while there is no result. */
export function noResultsBody(words: Words, election: PublicElection): Html {
  const { id, phase, opensAt, closesAt } = election;
  const ended = phase === 'closed' || phase === 'published';
  const times = words.text(ended ? 'closed' : phase === 'open' ? 'closes' : 'opens', {
    time: words.time(phase === 'scheduled' ? opensAt : closesAt),
  });
  const turnout = html`<li><a href="/turnout/${id}?lang=${words.tag}">${words.text('toTurnout')}</a></li>`;
  return html`<p class="lead">${words.text('notYet')}</p>
    <p>${times}</p>
    ${expectedPart(words, election)} ${publicNotices(words, election)}
    <p>${words.text(ended ? 'notYetClosed' : 'notYetOpen')} ${words.text('sealed')}</p>
    <ul class="links">
      ${phase !== 'scheduled' && turnout}
      <li>${trustLink(words, id)}</li>
      ${!ended && html`<li><a href="/?election=${id}">${words.text('goVote')}</a></li>`}
    </ul>`;
}

const invalidTexts = {
  'Duplicate ballot.': 'duplicate',
  'Invalid poll number.': 'badNumber',
  'Withdrawn batch.': 'withdrawnRows',
} as const satisfies Record<InvalidRowReason, string>;

function accounts(words: Words, results: ResultsBody, hasLog: boolean): Html {
  const { reconciliation, turnout } = results;
  const { online, batches } = reconciliation;
  const { paper, total, onlineAgrees } = reconciliationFacts(results);
  const sums = (key: 'online' | 'paper' | 'total', { received, valid, invalid }: BallotSums): Html =>
    row(words.text(key), [received, valid, invalid].map(words.number), key === 'total' ? 'sum' : '');
  const rows = [sums('online', online)];
  if (paper) rows.push(sums('paper', paper), sums('total', total));
  const values = { n: words.number(turnout.online), box: words.number(online.received) };
  const lines = [words.text(onlineAgrees ? 'agree' : 'disagree', values)];
  if (online.invalid > 0) lines.push(words.text('repeatedBallots', { n: words.number(online.invalid) }));
  for (const { reason, rows: n } of batches.invalidByReason) {
    lines.push(words.text(invalidTexts[reason], { n: words.number(n) }));
  }
  if (batches.files > 0) lines.push(words.text('files', { n: words.number(batches.files) }));
  if (batches.missing > 0) lines.push(words.text('missing', { n: words.number(batches.missing) }));
  for (const { votersMarked, votersFound } of results.acceptedLosses ?? []) {
    const numbers = { marked: words.number(votersMarked), found: words.number(votersFound) };
    lines.push(words.text('acceptedLoss', numbers));
  }
  if (hasLog && !results.record) lines.push(words.text('countedWithoutLog'));
  const columns = (['channel', 'received', 'valid', 'invalid'] as const).map((key) => words.text(key));
  return html`<section>
    <h2>${words.text('accounts')}</h2>
    <p>${words.text('accountsHint')}</p>
    ${table({ id: 'accounts', label: words.text('accounts'), columns, rows })}
    <ul>
      ${lines.map((line) => html`<li>${line}</li>`)}
    </ul>
  </section>`;
}

function downloads(words: Words, id: string, hasTable: boolean): Html {
  const base = `/v1/elections/${id}`;
  return html`<section class="screen-only">
    <h2>${words.text('downloads')}</h2>
    <ul class="links">
      <li><a href="${base}/results">${words.text('resultJson')}</a></li>
      ${hasTable && html`<li><a href="${base}/results.csv">${words.text('resultCsv')}</a></li>`}
      <li><a href="${base}">${words.text('electionJson')}</a></li>
      <li><a href="/v1/public-keys">${words.text('keysJson')}</a></li>
    </ul>
  </section>`;
}

function verifying(words: Words, source: ResultSource): Html {
  const { id } = source.election;
  const seats = source.results.contests.some(({ kind }) => kind === 'seats');
  const keys = ['verify1', 'verify2', 'verify3', ...(seats ? (['verify4'] as const) : [])] as const;
  return html`<section>
    <h2>${words.text('verify')}</h2>
    <ol>
      ${keys.map((key) => html`<li>${words.text(key)}</li>`)}
    </ol>
    ${recordOf(words, source)}
    <ul class="links screen-only">
      <li>${trustLink(words, id)}</li>
      <li><a href="/check?lang=${words.tag}">${words.text('checkReceipt')}</a></li>
    </ul>
  </section>`;
}

/** What a printed copy can be compared with: who publishes it, the keys of the signatures, and the log that was counted. */
function recordOf(words: Words, { election, results, log, manifestKey, resultsKey }: ResultSource): Html {
  const { organiser, timeZone } = election;
  const line = (name: TextKey, value: Html): Html =>
    html`<dt>${words.text(name)}</dt>
      <dd>${value}</dd>`;
  const code = (text: string): Html => html`<code>${text}</code>`;
  return html`<h3>${words.text('recordTitle')}</h3>
    <dl class="details">
      ${organiser && line('recordOrganiser', words.prose(organiser))} ${line('recordZone', code(timeZone))}
      ${line('recordKey', code(resultsKey))} ${log && line('voteCode', code(voteCodeOf(log)))}
      ${manifestKey !== null && line('recordManifestKey', code(manifestKey))}
    </dl>
    ${results.record && recordPart(words, results.record)}`;
}
