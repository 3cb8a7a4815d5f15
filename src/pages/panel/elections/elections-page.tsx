// The lists of elections: by state, those that need people first, or those of a search. The address has the filter and the
// order. Drafts can be selected and deleted together.
import { useState } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { SelectField } from '../parts/field.tsx';
import { byLatest, bySoonest, byText, inOrder } from '../parts/list-order.ts';
import type { ListOrder } from '../parts/list-order.ts';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { selectColumn, SelectionBar, useSelection } from '../parts/selection.tsx';
import { useSettled } from '../parts/use-settled.ts';
import { ShowMore } from '../parts/show-more.tsx';
import { SearchField, SortField, useListOrder, useListParameters, useListSearch } from '../parts/use-list-order.tsx';
import { useWholeList, WholeListNote } from '../parts/whole-list.tsx';
import { usePages, useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { countText, titleInEnglish } from '../words.ts';
import { DeleteDrafts } from './delete-drafts.tsx';
import { electionColumns } from './election-columns.tsx';
import { LoadExample } from './example/load-example.tsx';
import { OneAtATime } from './one-at-a-time.tsx';

type Listed = { readonly elections: readonly ElectionSummary[]; readonly next: string | null };
type Phase = ElectionSummary['phase'];

/** Elections in one page of the list. */
const pageSize = 25;
/** Elections in one page where all are read to sort them. */
const sortedPageSize = 200;

const phases: readonly (readonly [Phase | '', string])[] = [
  ['', 'All'],
  ['draft', 'Draft'],
  ['scheduled', 'Scheduled'],
  ['open', 'Open'],
  ['closed', 'Closed'],
  ['published', 'Published'],
];

const orders: readonly [ListOrder<ElectionSummary>, ...ListOrder<ElectionSummary>[]] = [
  { value: '', name: 'Newest first', compare: null },
  { value: 'title', name: 'Title', compare: byText(({ title }) => titleInEnglish(title)) },
  { value: 'opens', name: 'Opening, earliest first', compare: bySoonest(({ opensAt }) => opensAt) },
  { value: 'closes', name: 'Closing, latest first', compare: byLatest(({ closesAt }) => closesAt) },
];

/** In the order in which they need people. */
const phasesByNeed: readonly Phase[] = ['open', 'closed', 'scheduled', 'draft', 'published'];

export function ElectionsPage() {
  const me = useMe();
  const [search] = useSearchParams();
  const phase = phases.find(([value]) => value === search.get('phase'))?.[0] ?? '';
  const text = useListSearch();
  const administers = hasRole(me, 'administrator');
  const filter = useListParameters();
  const order = useListOrder(orders);
  return (
    <PageShell
      title="Elections"
      acts={
        administers && (
          <>
            <Link class="button primary" href="/elections/new">
              Create an election
            </Link>
            <Link class="button" href="/elections/quick">
              Quick poll
            </Link>
            <Link class="button" href="/elections/new?rehearsal=1">
              Start a rehearsal
            </Link>
          </>
        )
      }
    >
      <div class="filters" role="search">
        <SearchField label="Find by title or short name" />
        <SelectField label="State" value={phase} onValue={(next) => filter({ phase: next })} options={phases} />
        <SortField orders={orders} order={order} />
      </div>
      {phase === '' && text.trim() === '' && order.compare === null ? (
        <ByState administers={administers} />
      ) : (
        <Selected phase={phase} text={text.trim()} order={order} />
      )}
      <OneAtATime />
    </PageShell>
  );
}

const listPath = (filters: Readonly<Record<string, string>>, limit = pageSize): string => {
  const query = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries(filters)) if (value !== '') query.set(name, value);
  return `/v1/elections?${query}`;
};

/** Every election, those that need people first. */
function ByState({ administers }: { readonly administers: boolean }) {
  const first = useRemote<Listed>('elections', '/v1/elections?limit=1');
  return (
    <Loaded of={first}>
      {({ elections }) =>
        elections.length === 0 ? (
          <NoElections administers={administers} />
        ) : (
          phasesByNeed.map((phase) => <InState key={phase} phase={phase} />)
        )
      }
    </Loaded>
  );
}

function InState({ phase }: { readonly phase: Phase }) {
  const list = usePages<Listed>('elections', listPath({ phase }), 'before');
  const elections = (list.data?.pages ?? []).flatMap((page) => page.elections);
  const name = phases.find(([value]) => value === phase)?.[1] ?? '';
  if (list.data !== undefined && elections.length === 0) return null;
  return (
    <section aria-labelledby={`elections-${phase}`}>
      <h2 id={`elections-${phase}`}>{name}</h2>
      <Loaded of={list}>
        {() => <SelectableElections caption={`${name} elections, newest first`} elections={elections} />}
      </Loaded>
      <ShowMore of={list} />
    </section>
  );
}

/** A table in which administrators select drafts. */
function SelectableElections({
  caption,
  elections,
}: {
  readonly caption: string;
  readonly elections: readonly ElectionSummary[];
}) {
  const me = useMe();
  const selection = useSelection();
  const [deleting, setDeleting] = useState<readonly ElectionSummary[] | null>(null);
  const drafts = hasRole(me, 'administrator') ? elections.filter(isDraft) : [];
  const selected = drafts.filter(({ id }) => selection.ids.has(id));
  const columns = electionColumns(me);
  const close = (done: boolean): void => {
    if (done) selection.clear();
    setDeleting(null);
  };
  return (
    <>
      <SelectionBar selection={selection} rows={drafts}>
        <button type="button" class="small danger" onClick={() => setDeleting(selected)}>
          Delete {countText(selected.length, 'draft')}
        </button>
      </SelectionBar>
      <DataTable
        caption={caption}
        hideCaption
        columns={drafts.length < 2 ? columns : [...columns, selectColumn(selection, nameOf, isDraft)]}
        rows={elections}
        keyOf={({ id }) => id}
      />
      {deleting !== null && <DeleteDrafts drafts={deleting} onClose={close} />}
    </>
  );
}

const isDraft = ({ phase }: ElectionSummary): boolean => phase === 'draft';
const nameOf = ({ title, id }: ElectionSummary): string => `${titleInEnglish(title)} (${id})`;

/** The elections of a filter, or all in another order. */
function Selected({
  phase,
  text,
  order,
}: {
  readonly phase: string;
  readonly text: string;
  readonly order: ListOrder<ElectionSummary>;
}) {
  const sorts = order.compare !== null;
  const path = listPath({ phase, search: useSettled(text) }, sorts ? sortedPageSize : pageSize);
  const list = usePages<Listed>('elections', path, 'before', { keep: true });
  const read = (list.data?.pages ?? []).flatMap((page) => page.elections);
  const state = useWholeList(list, sorts, read.length);
  return (
    <>
      <WholeListNote state={state} />
      <Loaded of={list}>
        {() =>
          read.length === 0 ? (
            <NoMatch />
          ) : (
            <SelectableElections caption={`Elections: ${order.name.toLowerCase()}`} elections={inOrder(read, order)} />
          )
        }
      </Loaded>
      {state !== 'reading' && <ShowMore of={list} />}
    </>
  );
}

const NoMatch = () => (
  <Empty title="No elections match">
    <p>
      <Link href="/elections">See all elections</Link>
    </p>
  </Empty>
);

function NoElections({ administers }: { readonly administers: boolean }) {
  return (
    <Empty title="No elections yet">
      {administers ? (
        <>
          <p>
            <Link href="/elections/new">Create one</Link>, or{' '}
            <Link href="/elections/new?rehearsal=1">start a rehearsal</Link> to see how it works.
          </p>
          <LoadExample />
        </>
      ) : (
        <p>An administrator creates them.</p>
      )}
    </Empty>
  );
}
