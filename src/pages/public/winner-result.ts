// The result of a question that the options with the most votes win: a table whose rows are bars, with the winners marked.
import type { WinnerCount } from '../../domain/counting/most-votes.ts';
import type { Fraction } from '../../domain/counting/share.ts';
import { barPercent } from '../../domain/results/rounding.ts';
import { winnerFacts } from '../../domain/results/winner-facts.ts';
import type { ContestView } from './contest-view.ts';
import { answered, tieNote } from './contest-view.ts';
import { winnerLawLines } from './law-lines.ts';
import { isWinnerMark, winnerMarkText } from './languages/result-sentence.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { row, table } from './table-region.ts';

type View = ContestView<WinnerCount>;

export function winnerResult(view: View): Html {
  const { words, count, contest } = view;
  const facts = winnerFacts(count, contest);
  const { line } = facts;
  const rule =
    facts.seats > 1
      ? words.counted('ruleSeats', facts.seats)
      : words.text(facts.severalChoices ? 'ruleSeveral' : 'ruleOne');
  return html`<p>${rule}</p>
    ${winnerLawLines(view, facts).map((line) => html`<p>${line}</p>`)} ${tieNote(view, facts)} ${winnerTable(view)}
    ${line && html`<p class="muted">${words.text('requiredLine', { percent: words.exactShare(line) })}</p>`}
    ${facts.severalChoices && html`<p class="muted">${words.text('sharesOver')}</p>`} ${answered(view)}`;
}

/** Every option with its votes, its share as a bar, and whether it wins. */
export function winnerTable({ words, id, contest, count, titleOf, markOf }: View): Html {
  const facts = winnerFacts(count, contest);
  const rows = facts.rows.map(({ optionId, votes, share, mark }) => {
    const state = mark && winnerMarkText(words, mark);
    const name = html`${words.title(titleOf(optionId))}${state && (isWinnerMark(mark) ? html`<strong> – ${state}</strong>` : ` – ${state}`)}`;
    const head = html`<span class="row-name">${name}</span>${share && bar(markOf(optionId), share, facts.line)}`;
    return row(head, [words.number(votes), share && words.resultShare(share, facts.marks)]);
  });
  const columns = (['option', 'votes', 'share'] as const).map((key) => words.text(key));
  return table({ id, label: words.title(contest.title), className: 'bars', columns, rows });
}

function bar(mark: string, share: Fraction, line: Fraction | null): Html {
  const at = line && `${barPercent(line)}%`;
  return html`<svg class="share" aria-hidden="true">
    <rect class="track" width="100%" height="100%" />
    <rect class="${mark}" width="${barPercent(share)}%" height="100%" />
    ${at && html`<line class="half" x1="${at}" x2="${at}" y1="0" y2="100%" />`}
  </svg>`;
}
