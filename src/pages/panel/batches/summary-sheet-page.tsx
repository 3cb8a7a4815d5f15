// A paper sheet for one batch, with lines for signatures. It has the counts of rows and no votes, because votes by
// option stay sealed until the results are counted.
import { Link } from 'wouter-preact';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { PersonName } from '../people/person-name.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loaded, PageShell } from '../parts/page.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { useMe } from '../session/session.tsx';
import { numberText, titleInEnglish } from '../words.ts';
import { electionZone, useElection } from './upload/paper-elections.ts';
import { useBatch } from './use-batch.ts';

export function SummarySheetPage({ batchId }: { readonly batchId: string }) {
  const { read } = useBatch(batchId);
  const election = useElection(read.data?.batch.electionId ?? null);
  return (
    <PageShell
      title="Summary sheet"
      rehearsal={election.data?.rehearsal ?? false}
      zone={electionZone(election)}
      acts={
        <>
          <button type="button" class="primary" onClick={() => print()}>
            Print
          </button>
          <Link class="button" href={`/batches/${batchId}`}>
            Back to the batch
          </Link>
        </>
      }
    >
      {election.data?.rehearsal && <RehearsalBand />}
      <Loaded of={read}>
        {({ batch }) => (
          <Loaded of={election}>
            {(each) => <Sheet batch={batch} election={each} manifestHash={election.manifestHash} />}
          </Loaded>
        )}
      </Loaded>
    </PageShell>
  );
}

function Sheet({
  batch,
  election,
  manifestHash,
}: {
  readonly batch: Batch;
  readonly election: PublicElection;
  readonly manifestHash: string | null;
}) {
  const me = useMe();
  const { rows } = batch;
  return (
    <article class="batch-sheet">
      <h2>{titleInEnglish(election.title)}</h2>
      <StateNote batch={batch} />
      <dl class="batch-facts">
        <dt>State</dt>
        <dd>
          <StateTag state={batch.state} />
        </dd>
        <dt>Sent by</dt>
        <dd>
          {batch.official === me.user.id ? (
            `${me.user.forename} ${me.user.surname}`
          ) : (
            <PersonName userId={batch.official} />
          )}
        </dd>
        <dt>Accepted</dt>
        <dd>
          <Moment at={batch.acceptedAt} />
        </dd>
        <dt>Printed</dt>
        <dd>
          <Moment at={new Date().toISOString()} />
        </dd>
        <dt>Election ID</dt>
        <dd>
          <code>{batch.electionId}</code>
        </dd>
        {manifestHash !== null && (
          <>
            <dt>Code of the election</dt>
            <dd>
              <code>{manifestHash}</code>
            </dd>
          </>
        )}
        <dt>Batch ID</dt>
        <dd>
          <code>{batch.id}</code>
          <p class="hint">SHA-256 of the election ID and the rows in the file, in base64url.</p>
        </dd>
      </dl>
      <Counts rows={rows} />
      <div class="batch-signatures">
        <Signature of="Official who sent the file" />
        <Signature of="Second official or witness" />
      </div>
    </article>
  );
}

function Counts({ rows }: Pick<Batch, 'rows'>) {
  return (
    <>
      <table class="batch-sheet-counts">
        <caption>Rows in the file</caption>
        <tbody>
          <Line name="Received" value={rows.received} />
          {rows.waiting > 0 && <Line name="Waiting" value={rows.waiting} />}
          <Line name="Counted" value={rows.counted} />
          <Line name="Invalid" value={rows.invalid} />
          <Line name="Duplicates among the invalid" value={rows.duplicates} />
          <Line name="Other invalid rows" value={rows.invalid - rows.duplicates} />
        </tbody>
      </table>
      <p>
        {numberText(rows.received)} received = {numberText(rows.counted)} counted + {numberText(rows.invalid)} invalid
        {rows.waiting > 0 && ` + ${numberText(rows.waiting)} waiting`}. This sheet has no votes by option. They stay
        sealed until the results are counted.
      </p>
    </>
  );
}

function StateNote({ batch: { state, withdrawn } }: { readonly batch: Batch }) {
  if (withdrawn) {
    return (
      <p class="note warn">
        <strong>This batch was withdrawn</strong> on <Moment at={withdrawn.at} />. None of its rows counts. Reason:{' '}
        {withdrawn.reason}
      </p>
    );
  }
  if (state === 'done') return null;
  return (
    <p class="note warn">
      <strong>This batch is not complete.</strong> These counts will change. Print the sheet again when it is complete.
    </p>
  );
}

function Line({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="number">{numberText(value)}</td>
    </tr>
  );
}

function Signature({ of }: { readonly of: string }) {
  return (
    <div>
      <p class="batch-signature-line" />
      <p>{of}</p>
      <p class="muted">Name, date and signature</p>
    </div>
  );
}
