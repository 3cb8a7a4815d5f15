// Deletes a participant. The service rejects this while elections include it; the dialog has a link to each of them.
import { Link } from 'wouter-preact';
import type { Participant, ParticipantDetails } from '../../../protocol/control/participants-api.ts';
import { callPanel } from '../calls.ts';
import { addressOf, nameText } from '../elections/draft/definition.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Loaded } from '../parts/page.tsx';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { countText, numberText, titleInEnglish } from '../words.ts';

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
      <Dialog
        title={details.data === undefined ? 'Delete this participant' : 'This participant is in use'}
        onClose={onClose}
      >
        <Loaded of={details}>{(details) => <Uses name={name} details={details} />}</Loaded>
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
        <bdi>{name}</bdi> is in no election. Deletion is permanent. The audit log keeps the name.
      </p>
    </ConfirmDialog>
  );
}

function Uses({ name, details }: { readonly name: string; readonly details: ParticipantDetails }) {
  const { elections, electionsTotal } = details;
  return (
    <>
      <p>
        <bdi>{name}</bdi> is in {countText(electionsTotal, 'election')} and cannot be deleted. Remove it from drafts
        first. Announced elections cannot change.
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
