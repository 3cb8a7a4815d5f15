// The result of a question that one option wins: the sentence, and a table whose rows are bars.
import type { WinnerCount } from '../../domain/counting/most-votes.ts';
import type { Fraction } from '../../domain/counting/share.ts';
import { barPercent } from '../../domain/results/rounding.ts';
import { winnerFacts, winnerOutcome } from '../../domain/results/winner-facts.ts';
import type { ContestView } from './contest-view.ts';
import { answered, tieNote } from './contest-view.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { row, table } from './table-region.ts';

type View = ContestView<WinnerCount>;

export function winnerSentence({ words, count, nameOf, namesOf }: View): string {
  const outcome = winnerOutcome(count);
  switch (outcome.kind) {
    case 'no-votes':
      return words.text('noVotes');
    case 'tied':
      return words.text('tiedFirst', { names: namesOf(outcome.tied) });
    case 'won-by-lot':
      return words.text('wonByLot', { names: namesOf(outcome.tied), name: nameOf(outcome.winner) });
    case 'won': {
      const percent = words.resultShare(outcome.share);
      const parts = [words.text('mostVotes', { name: nameOf(outcome.winner), percent })];
      if (outcome.lead !== null) parts.push(words.counted('leads', outcome.lead));
      if (!outcome.majority) parts.push(words.text('noMajority'));
      return parts.join(words.sentenceSpace);
    }
  }
}

export function winnerResult(view: View): Html {
  const { words, id, contest, count, titleOf, markOf } = view;
  const facts = winnerFacts(count, contest);
  const rows = facts.rows.map(({ optionId, votes, share }) => {
    const head = html`${words.title(titleOf(optionId))}${share && bar(markOf(optionId), share)}`;
    return row(head, [words.number(votes), share && words.resultShare(share)]);
  });
  const columns = (['option', 'votes', 'share'] as const).map((key) => words.text(key));
  return html`<p>${words.text(facts.severalChoices ? 'ruleSeveral' : 'ruleOne')}</p>
    ${tieNote(view, facts.tie)} ${table({ id, label: words.title(contest.title), className: 'bars', columns, rows })}
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
