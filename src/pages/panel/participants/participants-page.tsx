// Parties and individuals for contests: search, sort, add one or many, rename, and delete one or many while no election
// includes them.
import { useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { ListedParticipant, Participant } from '../../../protocol/control/participants-api.ts';
import { nameText } from '../elections/draft/definition.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { SelectField } from '../parts/field.tsx';
import { byLargest, inOrder } from '../parts/list-order.ts';
import type { ListOrder } from '../parts/list-order.ts';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { selectColumn, useSelection } from '../parts/selection.tsx';
import { SearchField, SortField, useListOrder, useListParameters, useListSearch } from '../parts/use-list-order.tsx';
import { saveFile } from '../../shared/save-file.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { numberText } from '../words.ts';
import { AddMany } from './add-many.tsx';
import { ParticipantUses } from './participant-uses.tsx';
import { ParticipantDialog } from './participant-dialog.tsx';
import { NamesOf } from './participant-names.tsx';
import { participantsCsv } from './participants-csv.ts';
import { useSettled } from '../parts/use-settled.ts';
import { SelectedParticipants } from './selected-participants.tsx';
import { useAllParticipants } from './read-participants.ts';
import { UndoDelete } from './undo-delete.tsx';
import { useGraceDeletes } from './use-grace-deletes.ts';
import type { Deletes } from './use-grace-deletes.ts';

type OpenDialog =
  | { readonly act: 'add' }
  | { readonly act: 'add-many' }
  | { readonly act: 'rename' | 'in-use'; readonly participant: Participant }
  | null;

/** Rows that are added at once. */
const pageSize = 100;
const kinds = [
  ['', 'All'],
  ['party', 'Parties'],
  ['individual', 'Individuals'],
] as const;

const orders: readonly [ListOrder<ListedParticipant>, ...ListOrder<ListedParticipant>[]] = [
  { value: '', name: 'Name', compare: null },
  { value: 'elections', name: 'Elections, most first', compare: byLargest(({ elections }) => elections) },
  { value: 'unused', name: 'Elections, fewest first', compare: byLargest(({ elections }) => -elections) },
];

export function ParticipantsPage() {
  const administers = hasRole(useMe(), 'administrator');
  const [search] = useSearchParams();
  const [openDialog, setOpenDialog] = useState<OpenDialog>(null);
  const kind = kinds.find(([value]) => value === search.get('kind'))?.[0] ?? '';
  const text = useListSearch();
  const list = useAllParticipants({ kind, search: useSettled(text.trim()) });
  const [rows, setRows] = useState(pageSize);
  const order = useListOrder(orders);
  const close = (): void => setOpenDialog(null);
  const deletes = useGraceDeletes();
  const selection = useSelection();
  const nameOf = ({ name }: ListedParticipant): string => nameText(name);
  const ofAdministrators = [
    actsColumn(setOpenDialog, deletes),
    selectColumn<ListedParticipant>(selection, nameOf, ({ id }) => !deletes.waiting.has(id)),
  ];
  return (
    <PageShell title="Participants" acts={administers && <Adding onOpen={setOpenDialog} />}>
      <Filters {...{ kind, order }} />
      <RejectionNote rejection={deletes.rejection} takesFocus={false} />
      <Loaded of={list}>
        {({ participants: read, more }) => {
          const participants = inOrder(
            read.filter(({ id }) => !deletes.onTheWay.has(id)),
            order,
          );
          if (participants.length === 0)
            return <NoParticipants filtered={kind !== '' || text !== ''} administers={administers} />;
          const visible = participants.slice(0, rows);
          return (
            <>
              {administers && <SelectedParticipants participants={visible} {...{ selection, deletes }} />}
              <DataTable
                caption={`Participants by ${order.name.toLowerCase()}`}
                hideCaption
                columns={administers ? [...columns, ...ofAdministrators] : columns}
                rows={visible}
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
      {openDialog?.act === 'in-use' && <ParticipantUses participant={openDialog.participant} onClose={close} />}
    </PageShell>
  );
}

function Filters({
  kind,
  order,
}: {
  readonly kind: (typeof kinds)[number][0];
  readonly order: ListOrder<ListedParticipant>;
}) {
  const filter = useListParameters();
  return (
    <div class="filters" role="search">
      <SearchField label="Find by name" />
      <SelectField label="Kind" value={kind} onValue={(next) => filter({ kind: next })} options={kinds} />
      <SortField orders={orders} order={order} />
    </div>
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

const actsColumn = (
  onOpen: (openDialog: OpenDialog) => void,
  { waiting, groups, begin, undo }: Deletes,
): Column<ListedParticipant> => ({
  head: 'Actions',
  cell: (participant) => {
    const { id, elections } = participant;
    const name = nameText(participant.name);
    const alone = !groups.some(({ ids }) => ids.includes(id));
    if (waiting.has(id)) return <UndoDelete name={name} takesFocus={alone} onUndo={() => undo(id)} />;
    const remove = (): void => (elections > 0 ? onOpen({ act: 'in-use', participant }) : begin([id]));
    return (
      <span class="row-buttons">
        <button type="button" class="small" onClick={() => onOpen({ act: 'rename', participant })}>
          Rename<span class="unseen"> {name}</span>
        </button>{' '}
        <button type="button" class="small" onClick={remove}>
          Delete<span class="unseen"> {name}</span>
        </button>
      </span>
    );
  },
});
