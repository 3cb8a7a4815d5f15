// The result of a question that one option wins: votes, exact shares as bars, and the line that a majority has to cross.
import type { WinnerCount } from '../../../domain/counting/most-votes.ts';
import { winnerFacts } from '../../../domain/results/winner-facts.ts';
import { Mark, ShareBar } from '../charts/share-bar.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { numberText } from '../words.ts';
import { shareWords } from './contest-view.ts';
import type { PanelContestView } from './contest-view.ts';

export function WinnerResult({ view, count }: { readonly view: PanelContestView; readonly count: WinnerCount }) {
  const { rows, severalChoices, hasHalf } = winnerFacts(count, view);
  return (
    <>
      <p>{severalChoices ? 'A ballot could choose several. The most votes win.' : 'The most votes win.'}</p>
      <DataTable
        caption={`${view.title}: votes`}
        hideCaption
        keyOf={({ optionId }) => optionId}
        rows={rows}
        columns={[
          {
            head: 'Choice',
            cell: ({ optionId, share, wins }) => (
              <>
                <span class="list-name">
                  <Mark mark={view.markOf(optionId)} />
                  <span>
                    {view.nameOf(optionId)}
                    {wins && <strong> – wins</strong>}
                  </span>
                </span>
                {share !== null && <ShareBar share={share} mark={view.markOf(optionId)} lineAt={50} />}
              </>
            ),
          },
          { head: 'Votes', number: true, cell: ({ votes }) => numberText(votes) },
          { head: 'Share of the valid ballots', number: true, cell: ({ share }) => shareWords(share) },
        ]}
      />
      {hasHalf && <p class="muted">The dashed line marks half of the valid ballots.</p>}
      {severalChoices && <p class="muted">The shares may add up to more than 100%.</p>}
    </>
  );
}
