// Removes a participant. While elections name it the service refuses, and each of them is a link.
import { Link } from 'wouter-preact';
import type { Participant, ParticipantDetails } from '../../../protocol/control/participants-api.ts';
import { callPanel } from '../calls.ts';
import { addressOf, nameText } from '../elections/draft/definition.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Loaded } from '../parts/page.tsx';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { numberText, titleInEnglish } from '../words.ts';

export function DeleteParticipant({
  participant,
  onClose,
}: {
  readonly participant: Participant;
  readonly onClose: () => void;
}) {
  const path = `/v1/participants/${participant.id}`;
  const details = useRemote<ParticipantDetails>('elections', path);
  const refresh = useRefresh();
  const act = useAct(async () => {
    await callPanel('elections', path, { method: 'DELETE' });
    await refresh('elections');
  });
  const name = nameText(participant.name);
  if (details.data === undefined || details.data.electionsTotal > 0) {
    return (
      <Dialog title={details.data === undefined ? 'Delete this participant' : 'It cannot be deleted'} onClose={onClose}>
        <Loaded of={details}>{(found) => <Uses name={name} details={found} />}</Loaded>
        <div class="acts">
          <button type="button" onClick={onClose}>
            Close
          </button>
        </div>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog title="Delete this participant" act={act} actLabel="Delete" danger onClose={onClose}>
      <p>
        <bdi>{name}</bdi> stands in no election. It is deleted for good; the audit log keeps its name.
      </p>
    </ConfirmDialog>
  );
}

function Uses({ name, details }: { readonly name: string; readonly details: ParticipantDetails }) {
  const { elections, electionsTotal } = details;
  return (
    <>
      <p>
        <bdi>{name}</bdi> stands in {electionsTotal === 1 ? 'an election' : `${numberText(electionsTotal)} elections`}.
        Take it out of the drafts among them first; what was announced stays.
      </p>
      <ul>
        {elections.map(({ id, title }) => (
          <li key={id}>
            <Link href={addressOf(id)}>
              <bdi>{titleInEnglish(title)}</bdi>
            </Link>
          </li>
        ))}
      </ul>
      {electionsTotal > elections.length && <p>And {numberText(electionsTotal - elections.length)} more.</p>}
    </>
  );
}
