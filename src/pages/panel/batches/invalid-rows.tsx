// The rows of a batch that do not count: each with its reason in words and, where the ballot was there before, with the way
// to the row that stands.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Loaded } from '../parts/page.tsx';
import { numberText } from '../words.ts';
import { shortId } from './batch-table.tsx';
import { useInvalidRows } from './invalid-csv.ts';
import type { InvalidCsvRow } from './invalid-csv.ts';
import { numberFaults } from './number-words.ts';

/** Rows that are shown at first, and with each further press. */
const shownFirst = 20;
const shownMore = 200;

export function InvalidRows({
  batch,
  election,
}: {
  readonly batch: Batch;
  readonly election: PublicElection | undefined;
}) {
  const settled = batch.state === 'done' || batch.state === 'incomplete';
  const found = useInvalidRows(batch.id, settled ? batch.rows.invalid : null);
  if (batch.rows.invalid === 0) return null;
  return (
    <section aria-labelledby="invalid">
      <h2 id="invalid">Rows that do not count</h2>
      <p class="acts">
        <a class="button" href={`/api/officials/v1/batches/${batch.id}/invalid.csv`} download>
          Download invalid.csv
        </a>
      </p>
      {settled ? (
        <Loaded of={found}>
          {({ rows, omitted }) => <InvalidTable batchId={batch.id} rows={rows} omitted={omitted} election={election} />}
        </Loaded>
      ) : (
        <p>They are listed here when the check has ended. The file has those that were found so far.</p>
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
  const [shown, setShown] = useState(shownFirst);
  const columns: Column<InvalidCsvRow>[] = [
    { head: 'Row', number: true, cell: ({ row }) => numberText(row) },
    { head: 'Ballot id', cell: ({ guid }) => <code>{guid}</code> },
    { head: 'Numbers', cell: ({ numbers }) => <code>{numbers}</code> },
    { head: 'Reason', cell: (row) => <Reason row={row} batchId={batchId} election={election} /> },
  ];
  return (
    <>
      <div class="batch-invalid">
        <DataTable
          caption="Each row with its reason"
          hideCaption
          columns={columns}
          rows={rows.slice(0, shown)}
          keyOf={({ row }) => String(row)}
        />
      </div>
      {rows.length > shown && (
        <button type="button" onClick={() => setShown(shown + shownMore)}>
          Show more ({numberText(rows.length - shown)} not shown)
        </button>
      )}
      {omitted > 0 && (
        <p class="note">
          {numberText(omitted)} more are not listed here: there are too many. All stand in the invalid ballots of the
          election, which administrators and auditors see.
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
        {reason} The same ballot id was there before, in{' '}
        {here ? (
          <>row {numberText(first.row)} of this file</>
        ) : (
          <Link href={`/batches/${first.batchId}?row=${first.row}`}>
            row {numberText(first.row)} of batch {shortId(first.batchId)}
          </Link>
        )}
        . That row stands, whatever it says.
      </>
    );
  }
  const faults = election && numberFaults(election.contests, numbers);
  return (
    <>
      {reason} {faults?.length ? `In words: ${faults.join('; ')}.` : contestId !== '' && `Contest: ${contestId}.`}
    </>
  );
}
