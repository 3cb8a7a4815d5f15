// The result of a question that one option wins: the sentence, and a table whose rows are bars.
import type { ContestView, WinnerCount } from './contest-view.ts';
import { answered, tieNote } from './contest-view.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { row, table } from './table-region.ts';

type View = ContestView<WinnerCount>;

export function winnerSentence({ words, count, nameOf }: View): string {
  const { winner, options, lead, majority, tie } = count;
  const first = options.find(({ optionId }) => optionId === winner);
  if (!first?.share) return tie ? '' : words.text('noVotes');
  if (tie) return '';
  const parts = [words.text('mostVotes', { name: nameOf(first.optionId), percent: words.percent(first.share) })];
  if (options.length > 1) parts.push(words.counted('leads', lead));
  if (!majority) parts.push(words.text('noMajority'));
  return parts.join(words.sentenceSpace);
}

export function winnerResult(view: View): Html {
  const { words, id, contest, count, titleOf, markOf } = view;
  const sorted = [...count.options].sort((a, b) => a.rank - b.rank || a.number - b.number);
  const rows = sorted.map(({ optionId, votes, share }) => {
    const head = html`${words.title(titleOf(optionId))}${bar(markOf(optionId), votes, count.valid)}`;
    return row(head, [words.number(votes), share && words.percent(share)]);
  });
  const approval = count.method === 'approval';
  const columns = (['option', 'votes', 'share'] as const).map((key) => words.text(key));
  const several = approval && contest.maxChoices > 1;
  return html`<p>${words.text(approval ? 'methodApproval' : 'methodPlurality')}</p>
    ${tieNote(view)} ${table({ id, label: words.title(contest.title), className: 'bars', columns, rows })}
    ${count.valid > 0 && html`<p class="muted">${words.text('halfLine')}</p>`}
    ${several && html`<p class="muted">${words.text('sharesOver')}</p>`} ${answered(view)}`;
}

function bar(mark: string, votes: number, valid: number): Html | null {
  if (valid === 0) return null;
  const percent = ((100 * votes) / valid).toFixed(2);
  return html`<svg class="share" aria-hidden="true">
    <rect class="track" width="100%" height="100%" />
    <rect class="${mark}" width="${percent}%" height="100%" />
    <line class="half" x1="50%" x2="50%" y1="0" y2="100%" />
  </svg>`;
}
