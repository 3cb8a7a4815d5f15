// One contest: the sentence, its tie where there is one, the result in numbers, and how many ballots answered it.
import type { ContestCount } from '../../../domain/counting/counting-methods.ts';
import { tieFacts } from '../../../domain/results/tie-facts.ts';
import { numberText } from '../words.ts';
import { panelContestView } from './contest-view.ts';
import { decisionWords } from './law-lines.ts';
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
  const decisions = decisionWords(view, count.tieDecisions ?? []);
  return (
    <section class="contest" aria-labelledby={`contest-${place}`}>
      <h2 id={`contest-${place}`}>{view.title}</h2>
      <p class="lead">
        <strong>{resultSentence(view, count)}</strong>
      </p>
      {decisions.length > 0 && (
        <div class="note tie">
          <h3>A tie, decided by the rules</h3>
          {decisions.map((line) => (
            <p key={line}>{line}</p>
          ))}
        </div>
      )}
      {tie !== null && (
        <TieCard
          of={of}
          view={view}
          contestId={count.contestId}
          places={count.kind === 'seats' || (count.seats ?? 1) > 1 ? 'seats' : 'first'}
          tie={tie}
        />
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
