// One contest: the sentence, its tie where there is one, the result in numbers, and how many ballots answered it.
import { numberText } from '../words.ts';
import { contestView, sentenceOf } from './contest-view.ts';
import type { Count } from './contest-view.ts';
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
  readonly count: Count;
  readonly place: number;
}) {
  const view = contestView(of.election, count.contestId);
  return (
    <section class="contest" aria-labelledby={`contest-${place}`}>
      <h2 id={`contest-${place}`}>{view.title}</h2>
      <p class="lead">
        <strong>{sentenceOf(view, count)}</strong>
      </p>
      {count.tie !== null && (
        <TieCard of={of} view={view} contestId={count.contestId} kind={count.kind} tie={count.tie} />
      )}
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
