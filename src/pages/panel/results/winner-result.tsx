// The result of a question that the options with the most votes win: votes, exact shares as bars, and the line that a majority has to cross.
import type { WinnerCount } from '../../../domain/counting/most-votes.ts';
import { winnerFacts } from '../../../domain/results/winner-facts.ts';
import { Mark, ShareBar } from '../charts/share-bar.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { numberText } from '../words.ts';
import { shareWords } from './contest-view.ts';
import type { PanelContestView } from './contest-view.ts';
import { winnerLawWords } from './law-lines.ts';

export function WinnerResult({ view, count }: { readonly view: PanelContestView; readonly count: WinnerCount }) {
  const facts = winnerFacts(count, view);
  const { rows, severalChoices, hasHalf, seats, marks } = facts;
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
            cell: ({ optionId, share, wins, below }) => (
              <>
                <span class="list-name">
                  <Mark mark={view.markOf(optionId)} />
                  <span>
                    {view.nameOf(optionId)}
                    {wins && <strong> – {seats > 1 ? 'elected' : 'wins'}</strong>}
                    {below && ' – not enough votes'}
                  </span>
                </span>
                {share !== null && <ShareBar share={share} mark={view.markOf(optionId)} lineAt={50} />}
              </>
            ),
          },
          { head: 'Votes', number: true, cell: ({ votes }) => numberText(votes) },
          { head: 'Share of the valid ballots', number: true, cell: ({ share }) => shareWords(share, marks) },
        ]}
      />
      {hasHalf && <p class="muted">The dashed line marks half of the valid ballots.</p>}
      {severalChoices && <p class="muted">The shares may add up to more than 100%.</p>}
    </>
  );
}
