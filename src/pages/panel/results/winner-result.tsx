// The result of a question that the options with the most votes win: votes, exact shares as bars, and the line of a share that the law requires.
import type { WinnerCount } from '../../../domain/counting/most-votes.ts';
import { barPercent } from '../../../domain/results/rounding.ts';
import { winnerFacts } from '../../../domain/results/winner-facts.ts';
import { Mark, ShareBar } from '../charts/share-bar.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { numberText, resultNumbers } from '../words.ts';
import { shareWords } from './contest-view.ts';
import type { PanelContestView } from './contest-view.ts';
import { winnerLawWords } from './law-lines.ts';
import { isWinnerMark } from '../../public/languages/result-sentence.ts';
import { winnerMarkWords } from './result-sentence.ts';

export function WinnerResult({ view, count }: { readonly view: PanelContestView; readonly count: WinnerCount }) {
  const facts = winnerFacts(count, view.contest);
  const { rows, severalChoices, line, seats, marks } = facts;
  const lineAt = line === null ? undefined : barPercent(line);
  const most = severalChoices ? 'A ballot could choose several. The most votes win.' : 'The most votes win.';
  const several = `The ${numberText(seats)} with the most votes are elected.`;
  return (
    <>
      <p>{seats > 1 ? several : most}</p>
      {winnerLawWords(facts).map((line) => (
        <p key={line}>{line}</p>
      ))}
      <DataTable
        caption={`${view.title}: votes`}
        hideCaption
        keyOf={({ optionId }) => optionId}
        rows={rows}
        columns={[
          {
            head: 'Choice',
            cell: ({ optionId, share, mark }) => (
              <>
                <span class="list-name">
                  <Mark mark={view.markOf(optionId)} />
                  <span>
                    {view.nameOf(optionId)}
                    {mark !== null && !isWinnerMark(mark) && ` – ${winnerMarkWords(mark)}`}
                    {mark !== null && isWinnerMark(mark) && <strong> – {winnerMarkWords(mark)}</strong>}
                  </span>
                </span>
                {share !== null && (
                  <ShareBar share={share} mark={view.markOf(optionId)} {...(lineAt !== undefined && { lineAt })} />
                )}
              </>
            ),
          },
          { head: 'Votes', number: true, cell: ({ votes }) => numberText(votes) },
          { head: 'Share of the valid ballots', number: true, cell: ({ share }) => shareWords(share, marks) },
        ]}
      />
      {line !== null && (
        <p class="muted">The dashed line marks {resultNumbers.exactShare(line)} of the valid ballots.</p>
      )}
      {severalChoices && <p class="muted">The shares may add up to more than 100%.</p>}
    </>
  );
}
