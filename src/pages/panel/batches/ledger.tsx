// The ballot box's ledger for one election: its batches, whether each is complete, and the incomplete batches that were
// accepted, with reasons. An administrator accepts a batch as incomplete when its missing rows cannot be sent. Nothing
// is removed.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { LedgerBatchShown } from '../../../protocol/control/results-api.ts';
import { callPanel } from '../calls.ts';
import { PersonName } from '../people/person-name.tsx';
import { useUserNames } from '../people/user-names.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { hasText, inOrder } from '../parts/list-order.ts';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded } from '../parts/page.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { SearchField, SortField, useListOrder, useListSearch } from '../parts/use-list-order.tsx';
import { useWholeList, WholeListNote } from '../parts/whole-list.tsx';
import { useAct, usePages, useRefresh } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { countText, numberText } from '../words.ts';
import { batchText, ledgerOrders } from './batch-list.ts';
import { shortId } from './batch-table.tsx';
import { useElection } from './upload/paper-elections.ts';

export function Ledger({ electionId }: { readonly electionId: string }) {
  const [setAside, setSetAside] = useState<LedgerBatchShown | null>(null);
  const election = useElection(electionId);
  const path = `/v1/elections/${encodeURIComponent(electionId)}/batches`;
  const pages = usePages<{ batches: LedgerBatchShown[]; next: string | null }>('elections', path, 'after');
  const batches = pages.data?.pages.flatMap((page) => page.batches) ?? [];
  const text = useListSearch().trim();
  const order = useListOrder(ledgerOrders);
  const userName = useUserNames();
  const whole = useWholeList(pages, text !== '' || order.compare !== null, batches.length);
  const matches = batches.filter((batch) => hasText(batchText({ ...batch, id: batch.batchId }, userName), text));
  return (
    <>
      {election.data?.rehearsal && <RehearsalBand />}
      <p>
        The ballot box’s own list of batches, in the order they arrived. Results can be counted when every batch is
        complete, accepted as incomplete or withdrawn, and each that needs a confirmation has one.
      </p>
      <div class="filters" role="search" aria-label="Ledger">
        <SearchField label="Find by batch, person or station" />
        <SortField orders={ledgerOrders} order={order} />
      </div>
      <WholeListNote state={whole} />
      <Loaded of={pages}>
        {() =>
          batches.length === 0 ? (
            <Empty title="No batches yet">
              <p>A batch appears here a few moments after its upload.</p>
            </Empty>
          ) : matches.length === 0 && whole !== 'reading' ? (
            <Empty title="No batches match" />
          ) : (
            <LedgerTable batches={inOrder(matches, order)} onSetAside={setSetAside} />
          )
        }
      </Loaded>
      {whole !== 'reading' && <ShowMore of={pages} label="Show more batches" />}
      {setAside && <SetAsideDialog path={path} batch={setAside} onClose={() => setSetAside(null)} />}
    </>
  );
}

function LedgerTable({
  batches,
  onSetAside,
}: {
  readonly batches: readonly LedgerBatchShown[];
  readonly onSetAside: (batch: LedgerBatchShown) => void;
}) {
  const me = useMe();
  const columns: Column<LedgerBatchShown>[] = [
    {
      head: 'Batch',
      cell: ({ batchId }) => (
        <Link href={`/batches/${batchId}`}>
          <code>{shortId(batchId)}</code>
        </Link>
      ),
    },
    {
      head: 'State',
      cell: (batch) => (
        <>
          <StateTag state={batch.state} />
          {typeof batch.confirmation === 'object' && (
            <p class="hint">
              Confirmed by <PersonName userId={batch.confirmation.by} /> on <Moment at={batch.confirmation.at} />
            </p>
          )}
          {batch.setAside && <ActNote of="Accepted" act={batch.setAside} />}
          {batch.withdrawn && <ActNote of="Withdrawn" act={batch.withdrawn} />}
          {batch.state === 'incomplete' && hasRole(me, 'administrator') && (
            <button
              type="button"
              class="small danger"
              aria-label={`Accept batch ${shortId(batch.batchId)} as incomplete`}
              onClick={() => onSetAside(batch)}
            >
              Accept as incomplete…
            </button>
          )}
        </>
      ),
    },
    ...(batches.some(({ station }) => station !== null)
      ? [{ head: 'Station', cell: ({ station }: LedgerBatchShown) => station }]
      : []),
    { head: 'Accepted', cell: ({ acceptedAt }) => <Moment at={acceptedAt} /> },
    { head: 'Sent by', cell: ({ official }) => <PersonName userId={official} /> },
    { head: 'Received', number: true, cell: ({ received }) => numberText(received) },
    { head: 'Checked', number: true, cell: ({ checked }) => numberText(checked) },
    { head: 'Counted', number: true, cell: ({ counted }) => numberText(counted) },
    { head: 'Invalid', number: true, cell: ({ invalid }) => numberText(invalid) },
  ];
  return (
    <div class="batch-list">
      <DataTable caption="Ledger" columns={columns} rows={batches} keyOf={({ number }) => String(number)} />
    </div>
  );
}

function ActNote({
  of,
  act: { reason, by, at },
}: {
  readonly of: string;
  readonly act: NonNullable<LedgerBatchShown['setAside']>;
}) {
  return (
    <p class="hint">
      {of} by <PersonName userId={by} /> on <Moment at={at} />. Reason: {reason}
    </p>
  );
}

function SetAsideDialog({
  path,
  batch: { batchId, received, checked },
  onClose,
}: {
  readonly path: string;
  readonly batch: LedgerBatchShown;
  readonly onClose: () => void;
}) {
  const refresh = useRefresh();
  const act = useAct(async (reason: string) => {
    await callPanel('elections', `${path}/${batchId}/set-aside`, { method: 'POST', body: { reason } });
    await refresh('elections');
  });
  const missing = received - checked;
  return (
    <ConfirmDialog
      title={`Accept batch ${shortId(batchId)} as incomplete`}
      act={act}
      actLabel="Accept as incomplete"
      danger
      withReason
      word={shortId(batchId)}
      onClose={onClose}
    >
      <p>
        The ballot box has {numberText(checked)} of {countText(received, 'row')}. Results can be counted without the
        rest and will show {numberText(missing)} missing. Rows that arrived still count.
      </p>
      <p>If you have the file, send it again instead. Then nothing is missing.</p>
    </ConfirmDialog>
  );
}
