// The result of a question that one option wins: votes, exact shares as bars, and the line that a majority has to cross.
import { Mark, ShareBar } from '../charts/share-bar.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { numberText } from '../words.ts';
import { shareWords } from './contest-view.ts';
import type { ContestView, WinnerCount } from './contest-view.ts';

export function WinnerResult({ view, count }: { readonly view: ContestView; readonly count: WinnerCount }) {
  const sorted = [...count.options].sort((a, b) => a.rank - b.rank || a.number - b.number);
  const approval = count.method === 'approval';
  return (
    <>
      <p>{approval ? 'A ballot could choose several. The most votes win.' : 'The most votes win.'}</p>
      <DataTable
        caption={`${view.title}: votes`}
        hideCaption
        keyOf={({ optionId }) => optionId}
        rows={sorted}
        columns={[
          {
            head: 'Choice',
            cell: ({ optionId, share }) => (
              <>
                <span class="list-name">
                  <Mark mark={view.markOf(optionId)} />
                  <span>
                    {view.nameOf(optionId)}
                    {optionId === count.winner && <strong> – wins</strong>}
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
      {count.valid > 0 && <p class="muted">The dashed line marks half of the valid ballots.</p>}
      {approval && view.maxChoices > 1 && <p class="muted">The shares may add up to more than 100 %.</p>}
    </>
  );
}
