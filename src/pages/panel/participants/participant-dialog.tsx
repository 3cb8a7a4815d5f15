// Adds or renames a participant. If another has the same kind and name, the dialog asks before it adds a second one.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Participant, ParticipantChange, ParticipantRequest } from '../../../protocol/control/participants-api.ts';
import { callPanel, Refused } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import { DialogForm } from '../parts/dialog-form.tsx';
import { SelectField } from '../parts/field.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { NameFields, typedNamesOf, namesFromFields } from './participant-names.tsx';

export function ParticipantDialog({
  participant,
  onClose,
}: {
  /** null: a new participant. */
  readonly participant: Participant | null;
  readonly onClose: () => void;
}) {
  const [kind, setKind] = useState<Participant['kind']>(participant?.kind ?? 'party');
  const [typed, setTyped] = useState(() => typedNamesOf(participant?.name ?? null));
  const refresh = useRefresh();
  const input = namesFromFields(typed);
  const [showFaults, setShowFaults] = useState(false);
  const act = useAct(async (allowSameName: boolean) => {
    if ('fault' in input) throw new Refused(422, { title: 'There is a problem', detail: input.fault });
    const { name } = input;
    if (participant === null) {
      const body: ParticipantRequest = { name, kind, allowSameName };
      await callPanel('elections', '/v1/participants', { method: 'POST', body });
    } else {
      const body: ParticipantChange = { name, allowSameName };
      await callPanel('elections', `/v1/participants/${participant.id}`, { method: 'PATCH', body });
    }
    await refresh('elections');
    onClose();
  });
  // A name has only this conflict.
  const same = act.rejection?.is('conflict') ?? false;
  return (
    <Dialog title={participant === null ? 'Add a participant' : 'Rename participant'} onClose={onClose}>
      <DialogForm
        act={same ? { ...act, rejection: null } : act}
        label={participant === null ? 'Add' : 'Rename'}
        onSubmit={() => {
          setShowFaults(true);
          void act.run(false);
        }}
        onClose={onClose}
      >
        {same && (
          <SameName
            name={'name' in input ? input.name : ''}
            busy={act.busy}
            onAll={() => void act.run(true)}
            verb={participant === null ? 'Add' : 'Rename'}
          />
        )}
        <KindOrHint participant={participant} kind={kind} onKind={setKind} />
        <NameFields value={typed} onValue={setTyped} fault={showFaults && 'fault' in input ? input.fault : undefined} />
      </DialogForm>
    </Dialog>
  );
}

function SameName({
  name,
  busy,
  onAll,
  verb,
}: {
  readonly name: ParticipantRequest['name'];
  readonly busy: boolean;
  readonly verb: string;
  readonly onAll: () => void;
}) {
  const first = typeof name === 'string' ? name : (Object.values(name)[0] ?? '');
  return (
    <div class="note warn" role="alert">
      <h2>This name already exists</h2>
      <p>
        Use the <Link href={`/participants?${new URLSearchParams({ search: first })}`}>existing participant</Link>, or
        add another with the same name. Nothing was changed.
      </p>
      <button type="button" aria-disabled={busy} onClick={onAll}>
        {verb} anyway
      </button>
    </div>
  );
}

function KindOrHint({
  participant,
  kind,
  onKind,
}: {
  readonly participant: Participant | null;
  readonly kind: Participant['kind'];
  readonly onKind: (kind: Participant['kind']) => void;
}) {
  if (participant !== null) {
    return (
      <p class="hint">
        Drafts use the new name immediately. Announced elections keep the old name until you announce them again.
      </p>
    );
  }
  return (
    <SelectField
      label="Kind"
      value={kind}
      onValue={onKind}
      options={[
        ['party', 'Party'],
        ['individual', 'Individual'],
      ]}
    />
  );
}
