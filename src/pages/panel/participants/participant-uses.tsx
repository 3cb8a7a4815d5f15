// The elections that include a participant, who cannot be deleted because of them.
import { Link } from 'wouter-preact';
import type { Participant, ParticipantDetails } from '../../../protocol/control/participants-api.ts';
import { addressOf, nameText } from '../elections/draft/definition.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Loaded } from '../parts/page.tsx';
import { useRemote } from '../remote.ts';
import { countText, numberText, titleInEnglish } from '../words.ts';

export function ParticipantUses({
  participant,
  onClose,
}: {
  readonly participant: Participant;
  readonly onClose: () => void;
}) {
  const details = useRemote<ParticipantDetails>('elections', `/v1/participants/${participant.id}`);
  return (
    <Dialog title="This participant is in use" onClose={onClose}>
      <Loaded of={details}>{(read) => <Uses name={nameText(participant.name)} details={read} />}</Loaded>
      <div class="acts">
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
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
