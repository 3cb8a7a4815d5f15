// The result of a question that the options with the most votes win: the sentence, and a table whose rows are bars.
import type { WinnerCount } from '../../domain/counting/most-votes.ts';
import type { Fraction } from '../../domain/counting/share.ts';
import { barPercent } from '../../domain/results/rounding.ts';
import { shareMarks } from '../../domain/results/share-marks.ts';
import { winnerFacts, winnerOutcome } from '../../domain/results/winner-facts.ts';
import type { WinnerOutcome } from '../../domain/results/winner-facts.ts';
import type { ContestView } from './contest-view.ts';
import { answered, tieNote } from './contest-view.ts';
import { winnerLawLines } from './law-lines.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { row, table } from './table-region.ts';

type View = ContestView<WinnerCount>;

export function winnerSentence({ words, count, nameOf, namesOf }: View): string {
  const outcome = winnerOutcome(count);
  switch (outcome.kind) {
    case 'no-votes':
      return words.text('noVotes');
    case 'no-quorum':
      return words.text('noQuorum');
    case 'none-reached':
      return words.counted('noneReached', outcome.votesNeeded);
    case 'elected':
      return electedSentence({ words, namesOf }, outcome);
    case 'won-by-rule': {
      const rule = words.text(`rule-${outcome.rule}`);
      return words.text('wonByRule', { names: namesOf(outcome.tied), name: nameOf(outcome.winner), rule });
    }
    case 'tied':
      return words.text('tiedFirst', { names: namesOf(outcome.tied) });
    case 'won-by-lot':
      return words.text('wonByLot', { names: namesOf(outcome.tied), name: nameOf(outcome.winner) });
    case 'won': {
      const percent = words.resultShare(outcome.share, shareMarks(count));
      const parts = [words.text('mostVotes', { name: nameOf(outcome.winner), percent })];
      if (outcome.lead !== null) parts.push(words.counted('leads', outcome.lead));
      if (!outcome.majority) parts.push(words.text('noMajority'));
      return parts.join(words.sentenceSpace);
    }
  }
}

function electedSentence(
  { words, namesOf }: Pick<View, 'words' | 'namesOf'>,
  { elected, open, seatsEmpty }: Extract<WinnerOutcome, { kind: 'elected' }>,
): string {
  const parts: string[] = [];
  if (elected.length > 0) parts.push(words.text(open > 0 ? 'electedSoFar' : 'elected', { names: namesOf(elected) }));
  if (open > 0) parts.push(words.counted('electedByLot', open));
  if (seatsEmpty > 0) parts.push(words.counted('seatsEmpty', seatsEmpty));
  return parts.join(words.sentenceSpace);
}

export function winnerResult(view: View): Html {
  const { words, id, contest, count, titleOf, markOf } = view;
  const facts = winnerFacts(count, contest);
  const withdrawn = new Set(contest.options.filter(({ withdrawnAt }) => withdrawnAt).map((option) => option.id));
  const rows = facts.rows.map(({ optionId, votes, share, wins, below }) => {
    const without = withdrawn.has(optionId) ? 'withdrawn' : below ? 'notEnough' : null;
    const state = wins && facts.seats > 1 ? 'isElected' : without;
    const name = html`${words.title(titleOf(optionId))}${state && ` – ${words.text(state)}`}`;
    const head = html`${name}${share && bar(markOf(optionId), share)}`;
    return row(head, [words.number(votes), share && words.resultShare(share, facts.marks)]);
  });
  const rule =
    facts.seats > 1
      ? words.counted('ruleSeats', facts.seats)
      : words.text(facts.severalChoices ? 'ruleSeveral' : 'ruleOne');
  const columns = (['option', 'votes', 'share'] as const).map((key) => words.text(key));
  return html`<p>${rule}</p>
    ${winnerLawLines(view, facts).map((line) => html`<p>${line}</p>`)} ${tieNote(view, facts)}
    ${table({ id, label: words.title(contest.title), className: 'bars', columns, rows })}
    ${facts.hasHalf && html`<p class="muted">${words.text('halfLine')}</p>`}
    ${facts.severalChoices && html`<p class="muted">${words.text('sharesOver')}</p>`} ${answered(view)}`;
}

function bar(mark: string, share: Fraction): Html {
  return html`<svg class="share" aria-hidden="true">
    <rect class="track" width="100%" height="100%" />
    <rect class="${mark}" width="${barPercent(share)}%" height="100%" />
    <line class="half" x1="50%" x2="50%" y1="0" y2="100%" />
  </svg>`;
}
