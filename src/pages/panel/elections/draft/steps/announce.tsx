// The announcement of an election: of a draft for the first time, and again with the current names of its participants.
import { useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import type { AdministeredElection } from '../../../../../protocol/control/elections-api.ts';
import { callPanel, Refused } from '../../../calls.ts';
import { ConfirmDialog } from '../../../parts/confirm-dialog.tsx';
import { useProposes } from '../../../proposals/use-proposals.ts';
import { useAct, useRefresh } from '../../../remote.ts';
import { momentText, titleInEnglish } from '../../../words.ts';
import { addressOf, pathOf } from '../definition.ts';
import type { Definition } from '../definition.ts';
import { ElectionRejection } from '../../election-rejection.tsx';

/** Announces a draft; `missing` says what is missing before it. */
export function Announce({
  election,
  missing,
}: {
  readonly election: AdministeredElection;
  readonly missing: string | null;
}) {
  const [asking, setAsking] = useState(false);
  const [rejection, setRejection] = useState<Refused | null>(null);
  const [, go] = useLocation();
  const proposes = useProposes(election.definition.rehearsal);
  const refresh = useRefresh();
  const act = useAct(async () => {
    await callPanel('elections', `${pathOf(election.id)}/announce`, { method: 'POST' });
    await refresh('elections');
  });
  return (
    <div class="act-block">
      <ElectionRejection rejection={rejection} electionId={election.id} step="check" />
      <button
        type="button"
        class="primary"
        onClick={() => {
          setRejection(
            missing === null ? null : new Refused(422, { title: 'This election is not ready', detail: missing }),
          );
          act.clear();
          setAsking(missing === null);
        }}
      >
        Announce
      </button>
      {asking && (
        <ConfirmDialog
          title="Announce this election"
          act={{ ...act, rejection: null }}
          actLabel="Announce now"
          proposes={proposes}
          onClose={(done) => {
            setAsking(false);
            if (done) go(addressOf(election.id));
          }}
        >
          <ElectionRejection rejection={act.rejection} electionId={election.id} step="check" />
          <Effect definition={election.definition} />
        </ConfirmDialog>
      )}
    </div>
  );
}

function Effect({ definition: { title, opensAt, closesAt, timeZone } }: { readonly definition: Definition }) {
  const atOnce = Date.parse(opensAt) <= Date.now();
  return (
    <>
      <p>
        Everyone will see <bdi>{titleInEnglish(title)}</bdi>.{' '}
        {atOnce ? 'Voting opens immediately' : `Voting opens on ${momentText(opensAt, timeZone)}`} and closes on{' '}
        {momentText(closesAt, timeZone)}.
      </p>
      <p>
        {atOnce ? 'After that you can only change the end.' : 'You can change it until it opens.'} You cannot delete an
        announced election.
      </p>
    </>
  );
}

/** Announces again with the current names of participants. */
export function AnnounceAgain({ election: { id, version } }: { readonly election: AdministeredElection }) {
  const refresh = useRefresh();
  const act = useAct(async () => {
    const headers = { 'if-match': `"${version}"` };
    await callPanel('elections', pathOf(id), { method: 'PATCH', headers, body: {} });
    await refresh('elections');
  });
  return (
    <>
      <ElectionRejection rejection={act.rejection} electionId={id} step="check" />
      <button type="button" aria-disabled={act.busy} onClick={() => void act.run()}>
        Announce again with current names
      </button>
    </>
  );
}
