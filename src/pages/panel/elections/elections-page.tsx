// The list of elections, newest first. The address has the selected phase.
import { Link, useSearchParams } from 'wouter-preact';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { SelectField } from '../parts/field.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { usePages } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import type { Me } from '../session/session.tsx';
import { titleInEnglish } from '../words.ts';
import { addressOf } from './draft/definition.ts';
import { OneAtATime } from './one-at-a-time.tsx';
import './elections.css';

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

export function ElectionsPage() {
  const me = useMe();
  const [search, setSearch] = useSearchParams();
  const phase = phases.find(([value]) => value === search.get('phase'))?.[0] ?? '';
  const path = `/v1/elections?limit=${pageSize}${phase === '' ? '' : `&phase=${phase}`}`;
  const list = usePages<Listed>('elections', path, 'before');
  const administers = hasRole(me, 'administrator');
  return (
    <PageShell
      title="Elections"
      acts={
        administers && (
          <>
            <Link class="button primary" href="/elections/new">
              Create an election
            </Link>
            <Link class="button" href="/elections/new?rehearsal=1">
              Start a rehearsal
            </Link>
          </>
        )
      }
    >
      <div class="filters">
        <SelectField
          label="State"
          value={phase}
          onValue={(next) => setSearch(next === '' ? {} : { phase: next }, { replace: true })}
          options={phases}
        />
      </div>
      <Loaded of={list}>
        {({ pages }) => {
          const elections = pages.flatMap((page) => page.elections);
          if (elections.length === 0) return <NoElections phase={phase} administers={administers} />;
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
      <OneAtATime />
    </PageShell>
  );
}

function NoElections({ phase, administers }: { readonly phase: Phase | ''; readonly administers: boolean }) {
  if (phase !== '') {
    return (
      <Empty title="No elections in this state">
        <p>
          <Link href="/elections">See all elections</Link>
        </p>
      </Empty>
    );
  }
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
    { head: 'Opens', cell: ({ opensAt, timeZone }) => <Moment at={opensAt} zone={timeZone} /> },
    { head: 'Closes', cell: ({ closesAt, timeZone }) => <Moment at={closesAt} zone={timeZone} /> },
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
  election: { id, phase, state, title },
  me,
}: {
  readonly election: ElectionSummary;
  readonly me: Me;
}) {
  const at = addressOf(id);
  const acts: (readonly [string, string])[] = [];
  if (hasRole(me, 'administrator') && (phase === 'draft' || phase === 'scheduled')) {
    acts.push([`${at}/edit`, phase === 'draft' ? 'Continue editing' : 'Edit']);
  }
  if (hasRole(me, 'administrator', 'auditor')) {
    if (phase === 'open') acts.push([`${at}/live`, 'Live']);
    if (phase === 'closed' || phase === 'published') acts.push([`${at}/results`, 'Results']);
  }
  if (hasRole(me, 'official') && phase === 'open') {
    acts.push([`/batches/new?election=${encodeURIComponent(id)}`, 'Upload a file']);
  }
  if (phase === 'draft' || phase === 'scheduled') acts.push([`${at}/preview`, 'Preview']);
  if (state !== 'published' && phase !== 'closed') acts.push([`${at}/paper`, 'Paper']);
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
