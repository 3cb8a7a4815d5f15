// The rows of a batch that do not count, each with its reason. A duplicate has a link to the row that counts.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Loaded } from '../parts/page.tsx';
import { countText, numberText } from '../words.ts';
import { shortId } from './batch-table.tsx';
import { useInvalidRows } from './invalid-csv.ts';
import type { InvalidCsvRow } from './invalid-csv.ts';
import { numberFaults } from './number-words.ts';

/** Rows on the page at first, and with each further press. */
const rowsFirst = 20;
const rowsMore = 200;

export function InvalidRows({
  batch,
  election,
}: {
  readonly batch: Batch;
  readonly election: PublicElection | undefined;
}) {
  const settled = batch.state !== 'queued' && batch.state !== 'checking';
  const invalid = useInvalidRows(batch.id, settled ? batch.rows.invalid : null);
  // Of a withdrawn batch no row counts, and none needs a reason of its own.
  if (batch.rows.invalid === 0 || batch.state === 'withdrawn') return null;
  return (
    <section aria-labelledby="invalid">
      <h2 id="invalid">Rows that do not count</h2>
      <p class="acts">
        <a class="button" href={`/api/officials/v1/batches/${batch.id}/invalid.csv`} download>
          Download invalid.csv
        </a>
      </p>
      {settled ? (
        <Loaded of={invalid}>
          {({ rows, omitted }) => <InvalidTable batchId={batch.id} rows={rows} omitted={omitted} election={election} />}
        </Loaded>
      ) : (
        <p>They are listed here when the check ends. The file has the rows found so far.</p>
      )}
    </section>
  );
}

function InvalidTable({
  batchId,
  rows,
  omitted,
  election,
}: {
  readonly batchId: string;
  readonly rows: readonly InvalidCsvRow[];
  readonly omitted: number;
  readonly election: PublicElection | undefined;
}) {
  const [limit, setLimit] = useState(rowsFirst);
  const columns: Column<InvalidCsvRow>[] = [
    { head: 'Row', number: true, cell: ({ row }) => numberText(row) },
    { head: 'Ballot ID', cell: ({ guid }) => <code>{guid}</code> },
    { head: 'Numbers', cell: ({ numbers }) => <code>{numbers}</code> },
    { head: 'Reason', cell: (row) => <Reason row={row} batchId={batchId} election={election} /> },
  ];
  return (
    <>
      <div class="batch-invalid">
        <DataTable
          caption="Invalid rows with their reasons"
          hideCaption
          columns={columns}
          rows={rows.slice(0, limit)}
          keyOf={({ row }) => String(row)}
        />
      </div>
      {rows.length > limit && (
        <button type="button" onClick={() => setLimit(limit + rowsMore)}>
          Show more ({numberText(rows.length - limit)} remaining)
        </button>
      )}
      {omitted > 0 && (
        <p class="note">
          {countText(omitted, 'more row')} {omitted === 1 ? 'is' : 'are'} not listed here. Administrators and auditors
          see all of them on the election’s invalid ballots page.
        </p>
      )}
    </>
  );
}

function Reason({
  row: { reason, numbers, contestId, first },
  batchId,
  election,
}: {
  readonly row: InvalidCsvRow;
  readonly batchId: string;
  readonly election: PublicElection | undefined;
}) {
  if (first !== null) {
    const here = first.batchId === batchId;
    return (
      <>
        {reason} The same ballot ID is already in{' '}
        {here ? (
          <>row {numberText(first.row)} of this file</>
        ) : (
          <Link href={`/batches/${first.batchId}?row=${first.row}`}>
            row {numberText(first.row)} of batch {shortId(first.batchId)}
          </Link>
        )}
        . That row counts, whatever it contains.
      </>
    );
  }
  const faults = election && numberFaults(election.contests, numbers);
  return (
    <>
      {reason} {faults?.length ? `Details: ${faults.join('; ')}.` : contestId !== '' && `Contest: ${contestId}.`}
    </>
  );
}
