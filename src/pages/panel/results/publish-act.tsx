// Publishing with a second look: which revision goes out, what it says, and which ties would be out undecided. Nobody else
// reads a count before this.
import { useState } from 'preact/hooks';
import type { PublishRequest } from '../../../protocol/control/results-api.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { CheckField } from '../parts/field.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { numberText } from '../words.ts';
import { contestView, counted, sentenceOf } from './contest-view.ts';
import type { ResultsAndElection } from './tie-card.tsx';

export function PublishAct({ of: { election, shown } }: { readonly of: ResultsAndElection }) {
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const [accepted, setAccepted] = useState(false);
  const { id } = election;
  const { revision, results, openTies, publishedRevision } = shown;
  const act = useAct(async () => {
    const body: PublishRequest = { revision, acceptOpenTies: openTies.length > 0 && accepted };
    await callPanel('elections', `/v1/elections/${id}/publish`, { method: 'POST', body });
    await refresh('elections');
  });
  const ballots = results.reconciliation.online.valid + results.reconciliation.batches.valid;
  return (
    <>
      <button type="button" class="primary no-print" onClick={() => setAsking(true)}>
        Publish revision {numberText(revision)}
      </button>
      {asking && (
        <ConfirmDialog
          title={`Publish revision ${numberText(revision)} of the results`}
          act={act}
          actLabel="Sign and publish"
          word={id}
          onClose={() => {
            setAsking(false);
            act.clear();
          }}
        >
          <p>
            Everybody reads the count of {counted(ballots, 'valid ballot')}
            {election.definition.rehearsal ? ' of a rehearsal' : ''}, signed by this platform. What is published stays
            published; a later revision stands beside it in the records.
            {publishedRevision !== null && ` It takes the place of revision ${numberText(publishedRevision)}.`}
          </p>
          <ul>
            {results.contests.map((count) => {
              const view = contestView(election, count.contestId);
              return (
                <li key={count.contestId}>
                  <strong>{view.title}:</strong> {sentenceOf(view, count)}
                </li>
              );
            })}
          </ul>
          {openTies.length > 0 && (
            <CheckField
              label={`Publish with ${counted(openTies.length, 'tie')} undecided: ${openTies.map((one) => contestView(election, one).title).join(', ')}`}
              hint="Nobody gets what is tied until a lot is handed in and published as a new revision."
              checked={accepted}
              onValue={setAccepted}
            />
          )}
        </ConfirmDialog>
      )}
    </>
  );
}
