// Finds participants for a contest, or adds a new one.
import { useState } from 'preact/hooks';
import type { Participant, ParticipantRequest } from '../../../../protocol/control/participants-api.ts';
import { callPanel } from '../../calls.ts';
import { TextField } from '../../parts/field.tsx';
import { RejectionNote } from '../../parts/rejection-note.tsx';
import { useSettled } from '../../parts/use-settled.ts';
import { useAct, useRefresh, useRemote } from '../../remote.ts';
import { nameText } from './definition.ts';

/** Most participants in the list. */
const offeredMax = 8;

export type Picked = { readonly id: string; readonly name: string };

export function ParticipantPicker({
  kind,
  language,
  usedIds,
  onPick,
}: {
  /** The kind that the contest allows; null: any. */
  readonly kind: Participant['kind'] | null;
  readonly language: string;
  readonly usedIds: ReadonlySet<string>;
  readonly onPick: (picked: readonly Picked[]) => void;
}) {
  const [search, setSearch] = useState('');
  const query = new URLSearchParams({ limit: '100', ...(kind !== null && { kind }) });
  const settled = useSettled(search.trim());
  if (settled !== '') query.set('search', settled);
  const matches = useRemote<{ participants: readonly Participant[] }>('elections', `/v1/participants?${query}`);
  const offered = (matches.data?.participants ?? []).filter(({ id }) => !usedIds.has(id));
  const [announcement, setAnnouncement] = useState('');
  const pick = (picked: Picked): void => {
    onPick([picked]);
    setAnnouncement(`${picked.name} was added.`);
  };
  return (
    <fieldset class="picker">
      <legend>Add a participant</legend>
      <TextField label="Find by name" type="search" value={search} onValue={setSearch} autocomplete="off" />
      <RejectionNote rejection={matches.error} takesFocus={false} />
      <ul class="offered">
        {offered.slice(0, offeredMax).map((participant) => (
          <li key={participant.id}>
            <button
              type="button"
              class="small"
              onClick={() => pick({ id: participant.id, name: nameText(participant.name, language) })}
            >
              Add <bdi>{nameText(participant.name, language)}</bdi>
            </button>{' '}
            <span class="muted">{participant.kind}</span>
          </li>
        ))}
      </ul>
      {offered.length > offeredMax && (
        <p class="hint">
          {offered.length - offeredMax} more. Enter part of the name to find them.{' '}
          <button
            type="button"
            class="small"
            onClick={() => {
              onPick(offered.map(({ id, name }) => ({ id, name: nameText(name, language) })));
              setAnnouncement(`${offered.length} participants were added.`);
            }}
          >
            Add all {offered.length}
          </button>
        </p>
      )}
      {matches.data !== undefined && offered.length === 0 && (
        <p class="hint">
          {search.trim() === '' ? 'There are no other participants to add.' : 'No other participant has that name.'}
        </p>
      )}
      {search.trim() !== '' && <NewParticipant name={search.trim()} kind={kind} onCreate={pick} />}
      <p role="status" class="unseen">
        {announcement}
      </p>
    </fieldset>
  );
}

function NewParticipant({
  name,
  kind,
  onCreate,
}: {
  readonly name: string;
  readonly kind: Participant['kind'] | null;
  readonly onCreate: (picked: Picked) => void;
}) {
  const refresh = useRefresh();
  const make = useAct(async (as: Participant['kind']) => {
    const body: ParticipantRequest = { name, kind: as, allowSameName: false };
    const { data } = await callPanel<{ participant: Participant }>('elections', '/v1/participants', {
      method: 'POST',
      body,
    });
    onCreate({ id: data.participant.id, name });
    await refresh('elections');
  });
  const kinds: readonly Participant['kind'][] = kind === null ? ['party', 'individual'] : [kind];
  return (
    <>
      <RejectionNote rejection={make.rejection} />
      <p class="acts">
        {kinds.map((each) => (
          <button key={each} type="button" class="small" aria-disabled={make.busy} onClick={() => void make.run(each)}>
            New {each}: <bdi>{name}</bdi>
          </button>
        ))}
      </p>
    </>
  );
}
