// Rows of paper ballots that do not count, each with its reason and its place; the marked numbers are shown after the ballot box is closed.
import { Link, useSearchParams } from 'wouter-preact';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { InvalidBallot } from '../../../protocol/control/results-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { SelectField } from '../parts/field.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { RehearsalBand } from '../parts/state-tag.tsx';
import { usePages, useRemote } from '../remote.ts';
import { numberText, titleInEnglish } from '../words.ts';
import { panelContestView, counted } from './contest-view.ts';
import { reasonWords } from './invalid-reasons.ts';
import type { InvalidReason } from './invalid-reasons.ts';
import { BatchLink } from './batch-link.tsx';
import { PersonName } from '../people/person-name.tsx';

/** Rows of one request. */
const rowsAtOnce = 200;

type InvalidPage = { readonly invalidBallots: readonly InvalidBallot[]; readonly next: string | null };

export function InvalidBallotsPage({ electionId }: { readonly electionId: string }) {
  const path = `/v1/elections/${encodeURIComponent(electionId)}`;
  const election = useRemote<{ election: AdministeredElection }>('elections', path);
  const rows = usePages<InvalidPage>('elections', `${path}/invalid-ballots?limit=${rowsAtOnce}`, 'after');
  const loaded = election.data?.election;
  const rehearsal = loaded?.definition.rehearsal ?? false;
  return (
    <PageShell
      title={loaded ? `Invalid ballots: ${titleInEnglish(loaded.definition.title)}` : 'Invalid ballots'}
      rehearsal={rehearsal}
      acts={
        <a class="button" href={`/api/elections${path}/invalid-ballots.csv`} download>
          Download all as CSV
        </a>
      }
    >
      {rehearsal && <RehearsalBand />}
      <Loaded of={election}>
        {(data) => (
          <>
            <p class="no-print">
              <Link href={`/elections/${data.election.id}`}>The election</Link> ·{' '}
              <Link href={`/elections/${data.election.id}/results`}>Results</Link>
            </p>
            <Loaded of={rows}>
              {({ pages }) => (
                <Rows
                  election={data.election}
                  rows={pages.flatMap(({ invalidBallots }) => invalidBallots)}
                  more={rows.hasNextPage}
                  onMore={() => void rows.fetchNextPage()}
                />
              )}
            </Loaded>
          </>
        )}
      </Loaded>
    </PageShell>
  );
}

const reasons = Object.keys(reasonWords) as InvalidReason[];

function Rows({
  election,
  rows,
  more,
  onMore,
}: {
  readonly election: AdministeredElection;
  readonly rows: readonly InvalidBallot[];
  readonly more: boolean;
  readonly onMore: () => void;
}) {
  const [parameters, setParameters] = useSearchParams();
  const choice = parameters.get('reason');
  const reason = reasons.find((one) => one === choice) ?? '';
  if (rows.length === 0) {
    return (
      <Empty title="No invalid ballots">
        <p>Every row of paper ballots checked so far is valid.</p>
      </Empty>
    );
  }
  const visible = reasons.filter((one) => reason === '' || one === reason);
  return (
    <>
      <form class="filters no-print" onSubmit={(event) => event.preventDefault()}>
        <SelectField<InvalidReason | ''>
          label="Reason"
          value={reason}
          onValue={(value) => setParameters(value === '' ? {} : { reason: value }, { replace: true })}
          options={[['', 'All reasons'], ...reasons.map((one) => [one, titleOf(one)] as const)]}
        />
      </form>
      <p role="status">
        {more
          ? `The first ${numberText(rows.length)} invalid ballots; there are more.`
          : `${counted(rows.length, 'invalid ballot')} in total.`}
      </p>
      {visible.map((one) => (
        <Group key={one} election={election} reason={one} rows={rows.filter((row) => row.reason === one)} />
      ))}
      {more && (
        <p class="no-print">
          <button type="button" onClick={onMore}>
            Load more
          </button>
        </p>
      )}
    </>
  );
}

/** A reason as a title: without the full stop of the results. */
const titleOf = (reason: InvalidReason): string => reason.replace(/\.$/u, '');

function Group({
  election,
  reason,
  rows,
}: {
  readonly election: AdministeredElection;
  readonly reason: InvalidReason;
  readonly rows: readonly InvalidBallot[];
}) {
  if (rows.length === 0) return null;
  const detail: Readonly<Record<InvalidReason, Column<InvalidBallot>[]>> = {
    'Duplicate ballot.': [
      { head: 'First seen', cell: ({ firstSeen }) => <FirstSeen place={firstSeen} here={election.id} /> },
    ],
    'Invalid poll number.': [
      {
        head: 'Contest',
        cell: ({ contestId }) => (contestId === null ? '–' : panelContestView(election, contestId).title),
      },
    ],
    'Withdrawn batch.': [],
  };
  const columns: Column<InvalidBallot>[] = [
    { head: 'Ballot ID', cell: ({ guid }) => <code>{guid}</code> },
    { head: 'Where', cell: ({ batchId, row }) => <Place batchId={batchId} row={row} /> },
    { head: 'Official', cell: ({ official }) => <PersonName userId={official} /> },
    { head: 'Marked numbers', cell: ({ pollNumbers }) => pollNumbers ?? 'shown after the end' },
    ...detail[reason],
  ];
  return (
    <section>
      <h2>
        {titleOf(reason)} <span class="muted">({numberText(rows.length)})</span>
      </h2>
      <p>What it means: {reasonWords[reason]}</p>
      <DataTable
        caption={titleOf(reason)}
        hideCaption
        keyOf={({ batchId, row, guid }) => `${batchId} ${row} ${guid}`}
        rows={rows}
        columns={columns}
      />
    </section>
  );
}

function FirstSeen({ place, here }: { readonly place: InvalidBallot['firstSeen']; readonly here: string }) {
  if (place === null) return <>–</>;
  return (
    <>
      <Place batchId={place.batchId} row={place.row} />
      {place.electionId !== here && (
        <>
          , used in another election: <Link href={`/elections/${place.electionId}`}>{place.electionId}</Link>
        </>
      )}
    </>
  );
}

function Place({ batchId, row }: { readonly batchId: string; readonly row: number }) {
  return (
    <>
      Row {numberText(row)} of <BatchLink id={batchId} />
    </>
  );
}
