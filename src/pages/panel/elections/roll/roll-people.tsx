// The people on a roll: search, export, and removal of one until the election opens. Each reading is audited, so nothing
// is read before the user asks for it.
import { useState } from 'preact/hooks';
import type { SecondElement } from '../../../../domain/roll/second-element.ts';
import type { RollPage } from '../../../../protocol/control/roll-api.ts';
import { callPanel } from '../../calls.ts';
import { ConfirmDialog } from '../../parts/confirm-dialog.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { TextField } from '../../parts/field.tsx';
import { Loaded } from '../../parts/page.tsx';
import { ShowMore } from '../../parts/show-more.tsx';
import { useAct, usePages, useRefresh } from '../../remote.ts';
import { countText } from '../../words.ts';
import { secondElementNames } from '../describe.ts';

type Person = RollPage['people'][number];
const states: Readonly<Record<Person['state'], string>> = {
  draft: 'In the draft',
  'on-roll': 'On the roll',
  waiting: 'Being added',
  leaving: 'Being removed',
};

export function RollPeopleList({
  path,
  correctable,
  second,
}: {
  readonly path: string;
  readonly correctable: boolean;
  readonly second: SecondElement | undefined;
}) {
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const [leaving, setLeaving] = useState<string | null>(null);
  const query = search === '' ? '' : `?search=${encodeURIComponent(search)}`;
  const list = usePages<RollPage>('elections', `${path}/roll${query}`, 'after');
  const submit = (event: Event): void => {
    event.preventDefault();
    setSearch(typed.trim());
  };
  return (
    <>
      <form class="acts" onSubmit={submit}>
        <TextField label="Search by number or label" type="search" value={typed} maxLength={100} onValue={setTyped} />
        <button type="submit">Search</button>
        <a class="button" href={`/api/elections${path}/roll.csv`} download>
          Download roll.csv
        </a>
      </form>
      <Loaded of={list}>
        {({ pages }) => (
          <PeopleTable
            pages={pages}
            searched={search !== ''}
            second={second}
            onRemove={correctable ? setLeaving : null}
          />
        )}
      </Loaded>
      <ShowMore of={list} label={search === '' ? 'Show more' : 'Search further'} />
      {leaving !== null && <RemovePerson path={path} number={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function PeopleTable({
  pages,
  searched,
  second: kind,
  onRemove,
}: {
  readonly pages: readonly RollPage[];
  readonly searched: boolean;
  readonly second: SecondElement | undefined;
  readonly onRemove: ((number: string) => void) | null;
}) {
  const people = pages.flatMap((page) => page.people);
  const [first] = pages;
  return (
    <>
      <p role="status">
        {countText(first?.total ?? 0, 'person', 'people')} on the roll
        {searched && `, ${countText(people.length, 'person', 'people')} found so far`}
        {first?.unlisted ? `. ${countText(first.unlisted, 'person', 'people')} more cannot be listed` : ''}.
      </p>
      {people.length > 0 && (
        <DataTable
          caption="People on the roll"
          rows={people}
          keyOf={({ number }) => number}
          columns={[
            { head: 'Number', cell: ({ number }) => number },
            ...(kind === undefined
              ? []
              : [{ head: upperFirst(secondElementNames[kind]), cell: ({ second = '' }: Person) => second }]),
            { head: 'Label', cell: ({ label }) => label },
            { head: 'State', cell: ({ state }) => states[state] },
            ...(onRemove === null
              ? []
              : [
                  {
                    head: 'Actions',
                    cell: ({ number }: Person) => (
                      <button type="button" aria-label={`Remove ${number}`} onClick={() => onRemove(number)}>
                        Remove
                      </button>
                    ),
                  },
                ]),
          ]}
        />
      )}
    </>
  );
}

function RemovePerson({
  path,
  number,
  onClose,
}: {
  readonly path: string;
  readonly number: string;
  readonly onClose: () => void;
}) {
  const refresh = useRefresh();
  const act = useAct(async (reason: string) => {
    await callPanel('elections', `${path}/roll/removals`, { method: 'POST', body: { number, reason } });
    await refresh('elections');
  });
  return (
    <ConfirmDialog
      title="Remove a person from the roll"
      act={act}
      actLabel="Remove"
      danger
      withReason
      onClose={() => onClose()}
    >
      <p>The person with the number {number} cannot vote in this election any more.</p>
    </ConfirmDialog>
  );
}
