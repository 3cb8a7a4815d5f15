// A list of batches in the order of the reader, with their total counts.
import { Link } from 'wouter-preact';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import { PersonName } from '../people/person-name.tsx';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty } from '../parts/page.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { hasRole, useMe } from '../session/session.tsx';
import { countText, numberText, titleInEnglish } from '../words.ts';
import { BatchCountList, sumCounts } from './batch-counts.tsx';
import { useElectionList } from './upload/paper-elections.ts';
import { RehearsalTag } from './rehearsal-tag.tsx';

/** Characters of a batch ID in a list: enough to distinguish batches. */
const shortCharacters = 8;
export const shortId = (batchId: string): string => batchId.slice(0, shortCharacters);

/** `all`: the list has no older batches. `order`: in words. `filtered`: others may not match. */
export function BatchTable({
  batches,
  order,
  filtered,
  all,
}: {
  readonly batches: readonly Batch[];
  readonly order: string;
  readonly filtered: boolean;
  readonly all: boolean;
}) {
  const me = useMe();
  const elections = useElectionList();
  if (batches.length === 0) return <NoBatches filtered={filtered} official={hasRole(me, 'official')} />;
  const titleOf = (electionId: string) => {
    const election = elections.find(({ id }) => id === electionId);
    return (
      <>
        {election ? titleInEnglish(election.title) : <code>{electionId}</code>}{' '}
        {election?.rehearsal && <RehearsalTag />}
      </>
    );
  };
  const columns: Column<Batch>[] = [
    {
      head: 'Batch',
      cell: ({ id }) => (
        <Link href={`/batches/${id}`}>
          <code>{shortId(id)}</code>
        </Link>
      ),
    },
    { head: 'State', cell: ({ state }) => <StateTag state={state} /> },
    { head: 'Election', cell: ({ electionId }) => titleOf(electionId) },
    ...(batches.some(({ station }) => station !== null)
      ? [{ head: 'Station', cell: ({ station }: Batch) => station }]
      : []),
    { head: 'Accepted', cell: ({ acceptedAt }) => <Moment at={acceptedAt} /> },
    ...(hasRole(me, 'official')
      ? []
      : [{ head: 'Sent by', cell: ({ official }: Batch) => <PersonName userId={official} /> }]),
    { head: 'Received', number: true, cell: ({ rows }) => numberText(rows.received) },
    { head: 'Checked', number: true, cell: ({ rows }) => numberText(rows.checked) },
    { head: 'Counted', number: true, cell: ({ rows }) => numberText(rows.counted) },
    { head: 'Invalid', number: true, cell: ({ rows }) => numberText(rows.invalid) },
  ];
  return (
    <>
      <section aria-label="Totals">
        <p class="batch-totals-of">
          {all
            ? `Total of ${countText(batches.length, 'batch', 'batches')}`
            : `Total of the newest ${countText(batches.length, 'batch', 'batches')}`}
        </p>
        <BatchCountList rows={sumCounts(batches)} />
      </section>
      <div class="batch-list">
        <DataTable caption={`Batches, ${order}`} columns={columns} rows={batches} keyOf={({ id }) => id} />
      </div>
    </>
  );
}

function NoBatches({ filtered, official }: { readonly filtered: boolean; readonly official: boolean }) {
  if (filtered) {
    return (
      <Empty title="No batches match">
        <p>
          <Link href="/batches">See all batches</Link>
        </p>
      </Empty>
    );
  }
  return (
    <Empty title="No batches yet">
      <p>{official ? 'Your uploads appear here. Each file is one batch.' : 'Uploads by officials appear here.'}</p>
    </Empty>
  );
}
