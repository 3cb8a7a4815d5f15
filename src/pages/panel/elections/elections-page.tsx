// The lists of elections: by state, those that need people first, or those of a search. The address has the filter.
import { Link, useSearchParams } from 'wouter-preact';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { SelectField, TextField } from '../parts/field.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { useSettled } from '../parts/use-settled.ts';
import { StateTag } from '../parts/state-tag.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { usePages, useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import type { Me } from '../session/session.tsx';
import { titleInEnglish } from '../words.ts';
import { addressOf } from './draft/definition.ts';
import { OneAtATime } from './one-at-a-time.tsx';

type Listed = { readonly elections: readonly ElectionSummary[]; readonly next: string | null };
type Phase = ElectionSummary['phase'];

/** Elections in one page of the list. */
const pageSize = 25;

const phases: readonly (readonly [Phase | '', string])[] = [
  ['', 'All'],
  ['draft', 'Draft'],
  ['scheduled', 'Scheduled'],
  ['open', 'Open'],
  ['closed', 'Closed'],
  ['published', 'Published'],
];

/** In the order in which they need people. */
const phasesByNeed: readonly Phase[] = ['open', 'closed', 'scheduled', 'draft', 'published'];

export function ElectionsPage() {
  const me = useMe();
  const [search, setSearch] = useSearchParams();
  const phase = phases.find(([value]) => value === search.get('phase'))?.[0] ?? '';
  const text = search.get('search') ?? '';
  const administers = hasRole(me, 'administrator');
  const filter = (changes: { readonly phase?: string; readonly search?: string }): void => {
    const next = { phase, search: text, ...changes };
    setSearch(Object.fromEntries(Object.entries(next).filter(([, value]) => value !== '')), { replace: true });
  };
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
        <TextField
          label="Find by title or short name"
          type="search"
          value={text}
          onValue={(next) => filter({ search: next })}
          autocomplete="off"
        />
        <SelectField label="State" value={phase} onValue={(next) => filter({ phase: next })} options={phases} />
      </div>
      {phase === '' && text.trim() === '' ? (
        <ByState administers={administers} />
      ) : (
        <Selected phase={phase} text={text.trim()} />
      )}
      <OneAtATime />
    </PageShell>
  );
}

const listPath = (filters: Readonly<Record<string, string>>): string => {
  const query = new URLSearchParams({ limit: String(pageSize) });
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
  const me = useMe();
  const list = usePages<Listed>('elections', listPath({ phase }), 'before');
  const elections = (list.data?.pages ?? []).flatMap((page) => page.elections);
  const name = phases.find(([value]) => value === phase)?.[1] ?? '';
  if (list.data !== undefined && elections.length === 0) return null;
  return (
    <section aria-labelledby={`elections-${phase}`}>
      <h2 id={`elections-${phase}`}>{name}</h2>
      <Loaded of={list}>
        {() => (
          <DataTable
            caption={`${name} elections, newest first`}
            hideCaption
            columns={columnsFor(me)}
            rows={elections}
            keyOf={({ id }) => id}
          />
        )}
      </Loaded>
      <ShowMore of={list} />
    </section>
  );
}

/** The elections of a filter. */
function Selected({ phase, text }: { readonly phase: string; readonly text: string }) {
  const me = useMe();
  const list = usePages<Listed>('elections', listPath({ phase, search: useSettled(text) }), 'before', { keep: true });
  return (
    <>
      <Loaded of={list}>
        {({ pages }) => {
          const elections = pages.flatMap((page) => page.elections);
          if (elections.length === 0) return <NoMatch />;
          return (
            <DataTable
              caption="Elections, newest first"
              hideCaption
              columns={columnsFor(me)}
              rows={elections}
              keyOf={({ id }) => id}
            />
          );
        }}
      </Loaded>
      <ShowMore of={list} />
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
        <p>
          <Link href="/elections/new">Create one</Link>, or{' '}
          <Link href="/elections/new?rehearsal=1">start a rehearsal</Link> to see how it works.
        </p>
      ) : (
        <p>An administrator creates them.</p>
      )}
    </Empty>
  );
}

function columnsFor(me: Me): readonly Column<ElectionSummary>[] {
  const reads = hasRole(me, 'administrator', 'auditor');
  return [
    {
      head: 'Election',
      cell: ({ id, title, rehearsal }) => (
        <>
          {reads ? (
            <Link href={addressOf(id)}>
              <bdi>{titleInEnglish(title)}</bdi>
            </Link>
          ) : (
            <bdi>{titleInEnglish(title)}</bdi>
          )}{' '}
          {rehearsal && <RehearsalMark />}
          <br />
          <span class="muted">{id}</span>
        </>
      ),
    },
    { head: 'State', cell: ({ phase }) => <StateTag state={phase} /> },
    { head: 'Opens', cell: ({ opensAt }) => <Moment at={opensAt} form="short" /> },
    { head: 'Closes', cell: ({ closesAt }) => <Moment at={closesAt} form="short" /> },
    { head: 'Contests', number: true, cell: ({ contests }) => contests },
    { head: 'Actions', cell: (election) => <RowActions election={election} me={me} /> },
  ];
}

export const RehearsalMark = () => (
  <span class="tag warn">
    <span aria-hidden="true">◇</span> Rehearsal
  </span>
);

function RowActions({
  election: { id, phase, state, title, channels },
  me,
}: {
  readonly election: ElectionSummary;
  readonly me: Me;
}) {
  const at = addressOf(id);
  const takesPaper = channels.includes('batches');
  const acts: (readonly [string, string])[] = [];
  if (hasRole(me, 'administrator') && (phase === 'draft' || phase === 'scheduled')) {
    acts.push([`${at}/edit`, phase === 'draft' ? 'Continue editing' : 'Edit']);
  }
  if (hasRole(me, 'administrator', 'auditor')) {
    if (phase === 'open') acts.push([`${at}/live`, 'Live']);
    if (phase === 'closed' || phase === 'published') acts.push([`${at}/results`, 'Results']);
  }
  if (hasRole(me, 'official') && phase === 'open' && takesPaper) {
    acts.push([`/batches/new?election=${encodeURIComponent(id)}`, 'Upload a file']);
  }
  if (phase === 'draft' || phase === 'scheduled') acts.push([`${at}/preview`, 'Preview']);
  if (takesPaper && state !== 'published' && phase !== 'closed') acts.push([`${at}/paper`, 'Paper']);
  return (
    <ul class="row-acts">
      {acts.map(([address, text]) => (
        <li key={text}>
          <Link href={address}>
            {text}
            <span class="unseen"> for {titleInEnglish(title)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
