// Parties and individuals for contests, by name: search, add one or many, rename, and delete while no election includes them.
import { useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { ListedParticipant, Participant } from '../../../protocol/control/participants-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { saveFile } from '../../shared/save-file.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { numberText } from '../words.ts';
import { AddMany } from './add-many.tsx';
import { DeleteParticipant } from './delete-participant.tsx';
import { ParticipantDialog } from './participant-dialog.tsx';
import { NamesOf } from './participant-names.tsx';
import { participantsCsv } from './participants-csv.ts';
import { useSettled } from '../parts/use-settled.ts';
import { useAllParticipants } from './read-participants.ts';

type OpenDialog =
  | { readonly act: 'add' }
  | { readonly act: 'add-many' }
  | { readonly act: 'rename' | 'delete'; readonly participant: Participant }
  | null;

/** Rows that are added at once. */
const pageSize = 100;
const kinds = [
  ['', 'All'],
  ['party', 'Parties'],
  ['individual', 'Individuals'],
] as const;

export function ParticipantsPage() {
  const administers = hasRole(useMe(), 'administrator');
  const [search, setSearch] = useSearchParams();
  const [openDialog, setOpenDialog] = useState<OpenDialog>(null);
  const kind = kinds.find(([value]) => value === search.get('kind'))?.[0] ?? '';
  const text = search.get('search') ?? '';
  const list = useAllParticipants({ kind, search: useSettled(text.trim()) });
  const [rows, setRows] = useState(pageSize);
  const filter = (changes: { readonly kind?: string; readonly search?: string }): void => {
    const next = { kind, search: text, ...changes };
    setSearch(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')), { replace: true });
  };
  const close = (): void => setOpenDialog(null);
  return (
    <PageShell title="Participants" acts={administers && <Adding onOpen={setOpenDialog} />}>
      <div class="filters" role="search">
        <TextField
          label="Find by name"
          type="search"
          value={text}
          onValue={(next) => filter({ search: next })}
          autocomplete="off"
        />
        <SelectField label="Kind" value={kind} onValue={(next) => filter({ kind: next })} options={kinds} />
      </div>
      <Loaded of={list}>
        {({ participants, more }) => {
          if (participants.length === 0)
            return <NoParticipants filtered={kind !== '' || text !== ''} administers={administers} />;
          return (
            <>
              <DataTable
                caption="Participants, by name"
                hideCaption
                columns={administers ? [...columns, actsColumn(setOpenDialog)] : columns}
                rows={participants.slice(0, rows)}
                keyOf={({ id }) => id}
              />
              {more && <p class="note">There are more participants. Search to find the others.</p>}
              <div class="acts">
                {participants.length > rows && (
                  <button type="button" onClick={() => setRows(rows + pageSize)}>
                    Show more
                  </button>
                )}
                <button
                  type="button"
                  onClick={() => saveFile('participants.csv', 'text/csv', participantsCsv(participants))}
                >
                  Download CSV
                </button>
              </div>
            </>
          );
        }}
      </Loaded>
      {openDialog?.act === 'add' && <ParticipantDialog participant={null} onClose={close} />}
      {openDialog?.act === 'add-many' && <AddMany onClose={close} />}
      {openDialog?.act === 'rename' && <ParticipantDialog participant={openDialog.participant} onClose={close} />}
      {openDialog?.act === 'delete' && <DeleteParticipant participant={openDialog.participant} onClose={close} />}
    </PageShell>
  );
}

function Adding({ onOpen }: { readonly onOpen: (openDialog: OpenDialog) => void }) {
  return (
    <>
      <button type="button" class="primary" onClick={() => onOpen({ act: 'add' })}>
        Add a participant
      </button>
      <button type="button" onClick={() => onOpen({ act: 'add-many' })}>
        Add many
      </button>
    </>
  );
}

function NoParticipants({ filtered, administers }: { readonly filtered: boolean; readonly administers: boolean }) {
  if (filtered) {
    return (
      <Empty title="No participants match">
        <p>
          <Link href="/participants">See all participants</Link>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No participants yet">
      <p>
        {administers
          ? 'Add the parties or people who appear on ballots.'
          : 'An administrator adds the parties or people who appear on ballots.'}{' '}
        Yes/no questions need none.
      </p>
    </Empty>
  );
}

const columns: readonly Column<ListedParticipant>[] = [
  { head: 'Name', cell: ({ name }) => <NamesOf name={name} /> },
  { head: 'Kind', cell: ({ kind }) => (kind === 'party' ? 'Party' : 'Individual') },
  { head: 'Elections', number: true, cell: ({ elections }) => numberText(elections) },
];

const actsColumn = (onOpen: (openDialog: OpenDialog) => void): Column<ListedParticipant> => ({
  head: 'Actions',
  cell: (participant) => {
    const first = typeof participant.name === 'string' ? participant.name : Object.values(participant.name)[0];
    return (
      <span class="row-buttons">
        <button type="button" class="small" onClick={() => onOpen({ act: 'rename', participant })}>
          Rename<span class="unseen"> {first}</span>
        </button>{' '}
        <button type="button" class="small" onClick={() => onOpen({ act: 'delete', participant })}>
          Delete<span class="unseen"> {first}</span>
        </button>
      </span>
    );
  },
});
