// One contest: the sentence, its tie where there is one, the result in numbers, and how many ballots answered it.
import type { ContestCount } from '../../../domain/counting/counting-methods.ts';
import { tieFacts } from '../../../domain/results/tie-facts.ts';
import { numberText } from '../words.ts';
import { panelContestView } from './contest-view.ts';
import { resultSentence } from './result-sentence.ts';
import { SeatsResult } from './seats-result.tsx';
import { TieCard } from './tie-card.tsx';
import type { ResultsAndElection } from './tie-card.tsx';
import { WinnerResult } from './winner-result.tsx';

export function ContestResult({
  of,
  count,
  place,
}: {
  readonly of: ResultsAndElection;
  readonly count: ContestCount;
  readonly place: number;
}) {
  const view = panelContestView(of.election, count.contestId);
  const tie = tieFacts(count.tie);
  return (
    <section class="contest" aria-labelledby={`contest-${place}`}>
      <h2 id={`contest-${place}`}>{view.title}</h2>
      <p class="lead">
        <strong>{resultSentence(view, count)}</strong>
      </p>
      {tie !== null && <TieCard of={of} view={view} contestId={count.contestId} kind={count.kind} tie={tie} />}
      {count.kind === 'seats' ? (
        <SeatsResult view={view} count={count} place={place} />
      ) : (
        <WinnerResult view={view} count={count} />
      )}
      <p>
        Valid ballots here: {numberText(count.valid)}.
        {count.abstained > 0 && ` Abstained: ${numberText(count.abstained)}.`}
      </p>
    </section>
  );
}
