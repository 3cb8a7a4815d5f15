// Publishing, with a confirmation: which revision is published, what it says, and which ties would be published undecided.
// Until then only administrators and auditors can read a count.
import { useState } from 'preact/hooks';
import type { PublishRequest } from '../../../protocol/control/results-api.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { CheckField, TextArea } from '../parts/field.tsx';
import { useProposes } from '../proposals/use-proposals.ts';
import { useAct, useRefresh } from '../remote.ts';
import { numberText } from '../words.ts';
import { panelContestView, counted } from './contest-view.ts';
import { resultSentence } from './result-sentence.ts';
import type { ResultsAndElection } from './tie-card.tsx';

export function PublishAct({ of: { election, current } }: { readonly of: ResultsAndElection }) {
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const [accepted, setAccepted] = useState(false);
  const [reason, setReason] = useState('');
  const { id } = election;
  const proposes = useProposes(election.definition.rehearsal);
  const { revision, results, openTies, publishedRevision } = current;
  const act = useAct(async () => {
    const withoutWitnesses = reason.trim();
    const body: PublishRequest = {
      revision,
      acceptOpenTies: openTies.length > 0 && accepted,
      ...(withoutWitnesses !== '' && { withoutWitnesses }),
    };
    await callPanel('elections', `/v1/elections/${id}/publish`, { method: 'POST', body });
    await refresh('elections');
  });
  const ballots = results.reconciliation.online.valid + results.reconciliation.batches.valid;
  return (
    <>
      <button
        type="button"
        class={`no-print${openTies.length === 0 ? ' primary' : ''}`}
        onClick={() => setAsking(true)}
      >
        Publish revision {numberText(revision)}
        {openTies.length > 0 && ' without the draw'}
      </button>
      {asking && (
        <ConfirmDialog
          title={`Publish revision ${numberText(revision)} of the results`}
          act={act}
          actLabel="Sign and publish"
          proposes={proposes}
          word={id}
          onClose={() => {
            setAsking(false);
            act.clear();
          }}
        >
          <p>
            The result ({counted(ballots, 'valid ballot')}
            {election.definition.rehearsal ? ' of a rehearsal' : ''}) becomes public, signed by this platform. A
            published result stays public. Corrections are published as a new version.
            {publishedRevision !== null && ` It replaces revision ${numberText(publishedRevision)}.`}
          </p>
          <Outcomes election={election} contests={results.contests} />
          {(reason !== '' || act.rejection?.is('not-witnessed') === true) && (
            <WitnessReason reason={reason} onReason={setReason} />
          )}
          {openTies.length > 0 && (
            <CheckField
              label={`Publish with ${counted(openTies.length, 'tie')} undecided: ${openTies.map((one) => panelContestView(election, one).title).join(', ')}`}
              hint="Tied seats and places are not assigned until a draw is recorded and published as a new revision."
              checked={accepted}
              onValue={setAccepted}
            />
          )}
        </ConfirmDialog>
      )}
    </>
  );
}

function Outcomes({
  election,
  contests,
}: Pick<ResultsAndElection, 'election'> & Pick<ResultsAndElection['current']['results'], 'contests'>) {
  return (
    <ul>
      {contests.map((count) => {
        const view = panelContestView(election, count.contestId);
        return (
          <li key={count.contestId}>
            <strong>{view.title}:</strong> {resultSentence(view, count)}
          </li>
        );
      })}
    </ul>
  );
}

function WitnessReason({ reason, onReason }: { readonly reason: string; readonly onReason: (reason: string) => void }) {
  return (
    <TextArea
      label="Why the results are published without the witnesses"
      hint="The reason is recorded. Anyone who verifies the election sees that too few witnesses signed its log."
      value={reason}
      onValue={onReason}
    />
  );
}
