// A copy of an election as a new draft or as a rehearsal: its short name and its kind. The other steps are then those of
// any draft.
import { useId, useState } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { CheckField, TextField } from '../parts/field.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { addressOf, pathOf } from './draft/definition.ts';

/** Longest ID of an election, in characters: the limit of the service. */
const idCharactersMax = 64;

export function CopyElection({
  election: { id, definition },
  onClose,
}: {
  readonly election: AdministeredElection;
  readonly onClose: () => void;
}) {
  const fieldId = useId();
  const [shortName, setShortName] = useState(`${id}-copy`.slice(0, idCharactersMax));
  const [rehearsal, setRehearsal] = useState(definition.rehearsal);
  const [, go] = useLocation();
  const refresh = useRefresh();
  const act = useAct(async () => {
    const body = { id: shortName.trim(), rehearsal };
    await callPanel('elections', `${pathOf(id)}/copy`, { method: 'POST', body });
    await refresh('elections');
    go(`${addressOf(body.id)}/edit`);
  });
  const fault = act.rejection?.problem.errors?.find(({ path }) => path === 'body/id')?.detail;
  return (
    <ConfirmDialog
      title="Copy this election"
      act={act}
      actLabel="Copy"
      links={{ 'body/id': fieldId }}
      onClose={onClose}
    >
      <p>
        The copy is a draft with the same contests, rules, languages and dates. It has no roll and no ballots. Check its
        dates before you announce it.
      </p>
      <TextField
        id={fieldId}
        label="Short name of the copy"
        hint="Used in links and files. It cannot be changed."
        value={shortName}
        onValue={setShortName}
        fault={fault}
        autocomplete="off"
        spellcheck={false}
      />
      <CheckField
        label="The copy is a rehearsal"
        hint="Everything works as in a real election, but no vote counts."
        checked={rehearsal}
        onValue={setRehearsal}
      />
    </ConfirmDialog>
  );
}
