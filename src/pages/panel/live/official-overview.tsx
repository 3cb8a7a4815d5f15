// The overview of officials: the elections that accept paper ballots now, the link to the upload, and the state of
// their own files.
import { Link } from 'wouter-preact';
import type { ElectionPreview, ElectionSummary } from '../../../protocol/control/elections-api.ts';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { useRemote } from '../remote.ts';
import { numberText, titleInEnglish } from '../words.ts';
import { BatchLink } from '../results/batch-link.tsx';
import { ClosesIn } from './election-cards.tsx';
import { useRemotes } from './remotes.ts';

/** Time between two readings, in milliseconds. */
const everyMs = 15_000;
/** Most elections and batches on the page. */
const electionsMax = 20;
const batchesMax = 5;

type Elections = { readonly elections: readonly ElectionSummary[] };

export function OfficialOverview() {
  const open = useRemote<Elections>('elections', `/v1/elections?phase=open&limit=${electionsMax}`, { everyMs });
  const scheduled = useRemote<Elections>('elections', `/v1/elections?phase=scheduled&limit=${electionsMax}`, {
    everyMs,
  });
  const papers = useRemotes<ElectionPreview>(
    'elections',
    (open.data?.elections ?? []).map(({ id }) => `/v1/elections/${id}/preview`),
    null,
  );
  const activating = papers.find(({ data }) => data?.election.verification.activation)?.data?.election.id;
  const batches = useRemote<{ batches: Batch[] }>('officials', `/v1/batches?limit=${batchesMax}`, { everyMs });
  return (
    <PageShell title="Overview">
      <section aria-labelledby="paper">
        <h2 id="paper">Paper ballots</h2>
        <Loaded of={open}>
          {({ elections }) => <TakesPaper running={elections} scheduled={scheduled.data?.elections ?? []} />}
        </Loaded>
      </section>
      {activating !== undefined && (
        <p>
          <Link href={`/activations?election=${activating}`}>Voters without a phone</Link>
        </p>
      )}
      <section aria-labelledby="mine">
        <h2 id="mine">Your recent batches</h2>
        <Loaded of={batches}>{(read) => <OwnBatches batches={read.batches} />}</Loaded>
      </section>
    </PageShell>
  );
}

function TakesPaper({
  running,
  scheduled,
}: {
  readonly running: readonly ElectionSummary[];
  readonly scheduled: readonly ElectionSummary[];
}) {
  const papers = useRemotes<ElectionPreview>(
    'elections',
    running.map(({ id }) => `/v1/elections/${id}/preview`),
    null,
  );
  const taking = running.filter((_, index) => papers[index]?.data?.election.channels.includes('batches'));
  const reading = papers.some(({ data, error }) => data === undefined && error === null);
  if (reading) {
    return (
      <p class="skeleton" role="status">
        <span class="unseen">Loading…</span>
      </p>
    );
  }
  if (taking.length === 0) {
    const [next] = [...scheduled].sort((a, b) => Date.parse(a.opensAt) - Date.parse(b.opensAt));
    return (
      <Empty title="No election takes paper ballots now">
        <p>
          {next ? (
            <>
              The next election, {titleInEnglish(next.title)}, opens <Moment at={next.opensAt} />. You can upload files
              while it is open.
            </>
          ) : (
            'You can upload files while such an election is open. None is scheduled.'
          )}
        </p>
      </Empty>
    );
  }
  return (
    <ul class="cards">
      {taking.map((election) => (
        <li key={election.id}>
          <article class="card" aria-labelledby={`card-${election.id}`}>
            {election.rehearsal && <RehearsalBand />}
            <h3 id={`card-${election.id}`}>{titleInEnglish(election.title)}</h3>
            <ClosesIn election={election} />
            <p class="links">
              <Link
                class="button primary"
                href={`/batches/new?election=${election.id}`}
                aria-label={`Upload a file: ${titleInEnglish(election.title)}`}
              >
                Upload a file
              </Link>
            </p>
          </article>
        </li>
      ))}
    </ul>
  );
}

function OwnBatches({ batches }: { readonly batches: readonly Batch[] }) {
  if (batches.length === 0) {
    return (
      <Empty title="No uploads yet">
        <p>Your uploads appear here.</p>
      </Empty>
    );
  }
  const number = (head: string, of: (rows: Batch['rows']) => number) => ({
    head,
    number: true,
    cell: ({ rows }: Batch) => numberText(of(rows)),
  });
  return (
    <>
      <DataTable
        caption="Your recent batches"
        hideCaption
        keyOf={({ id }) => id}
        rows={batches}
        columns={[
          { head: 'Batch', cell: ({ id }) => <BatchLink id={id} /> },
          { head: 'Sent', cell: ({ acceptedAt }) => <Moment at={acceptedAt} /> },
          { head: 'State', cell: ({ state }) => <StateTag state={state} /> },
          number('Rows', ({ received }) => received),
          number('Counted', ({ counted }) => counted),
          number('Invalid', ({ invalid }) => invalid),
        ]}
      />
      <p>
        <Link href="/batches">All your batches</Link>
      </p>
    </>
  );
}
