// Certifying that the data of an election is destroyed, with the days that a program cannot know.
import { useState } from 'preact/hooks';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import type { DestructionRequest } from '../../../../protocol/control/destruction-api.ts';
import { callPanel } from '../../calls.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { CheckField, TextField } from '../../parts/field.tsx';
import { useProposes } from '../../proposals/use-proposals.ts';
import { useAct, useRefresh } from '../../remote.ts';

type Days = {
  readonly certifiedOn: string;
  readonly retainedUntil: string;
  readonly keysDestroyedOn: string;
  readonly last: string;
  readonly destroyedOn: string;
};
const noDays: Days = { certifiedOn: '', retainedUntil: '', keysDestroyedOn: '', last: '', destroyedOn: '' };

const dayFields: readonly (readonly [keyof Days, string])[] = [
  ['certifiedOn', 'The results were certified on'],
  ['retainedUntil', 'The data had to be kept until'],
  ['keysDestroyedOn', 'The keys of the election were destroyed on'],
];
const backupFields: readonly (readonly [keyof Days, string])[] = [
  ['last', 'The last backup that had the data was of'],
  ['destroyedOn', 'It and all before it were destroyed on'],
];

export function CertifyAct({ election }: { readonly election: AdministeredElection }) {
  const { id, definition } = election;
  const refresh = useRefresh();
  const proposes = useProposes(definition.rehearsal);
  const [open, setOpen] = useState(false);
  const [days, setDays] = useState(noDays);
  const [noBackup, setNoBackup] = useState(false);
  const [copiesDestroyed, setCopiesDestroyed] = useState(false);
  const act = useAct(async () => {
    const { certifiedOn, retainedUntil, keysDestroyedOn, last, destroyedOn } = days;
    const backups = noBackup ? null : { last, destroyedOn };
    // The service rejects a missing day or statement, and says which.
    const body = { certifiedOn, retainedUntil, keysDestroyedOn, copiesDestroyed, backups } as DestructionRequest;
    await callPanel('elections', `/v1/elections/${id}/destruction`, { method: 'POST', body });
    await refresh('elections');
  });
  const field = ([name, label]: readonly [keyof Days, string]) => (
    <TextField
      key={name}
      type="date"
      label={label}
      value={days[name]}
      onValue={(value) => setDays({ ...days, [name]: value })}
    />
  );
  return (
    <div class="acts">
      <button type="button" onClick={() => setOpen(true)}>
        Certify the destruction
      </button>
      {open && (
        <ConfirmDialog
          title="Certify the destruction of data"
          act={act}
          actLabel="Sign the certificate"
          word={id}
          proposes={proposes}
          onClose={() => {
            setOpen(false);
            act.clear();
          }}
        >
          <p>
            The platform checks again that nothing is left, signs what you state here, and publishes it. It cannot be
            changed. Days are those of {definition.timeZone}.
          </p>
          {dayFields.map(field)}
          <CheckField
            label="No copy is left of these keys, of the hourly keys, and of shared keys that were destroyed: with any service, on media, in snapshots"
            checked={copiesDestroyed}
            onValue={setCopiesDestroyed}
          />
          <CheckField label="No backup was ever made" checked={noBackup} onValue={setNoBackup} />
          {!noBackup && backupFields.map(field)}
        </ConfirmDialog>
      )}
    </div>
  );
}
