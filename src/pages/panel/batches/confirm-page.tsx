// Batches that wait for a second official: which stations they are from and who sent them. How many rows they have is not
// shown, because who confirms reads the number from the protocol.
import { Link, useSearchParams } from 'wouter-preact';
import type { LedgerBatchShown } from '../../../protocol/control/results-api.ts';
import { distinctNames } from '../parts/distinct-names.ts';
import { SelectField } from '../parts/field.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { hasText, inOrder } from '../parts/list-order.ts';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { RehearsalBand, StateTag } from '../parts/state-tag.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { SearchField, SortField, useListOrder, useListParameters, useListSearch } from '../parts/use-list-order.tsx';
import { useWholeList, WholeListNote } from '../parts/whole-list.tsx';
import { PersonName } from '../people/person-name.tsx';
import { useUserNames } from '../people/user-names.ts';
import { usePages } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { titleInEnglish } from '../words.ts';
import { batchText, waitingOrders } from './batch-list.ts';
import { shortId } from './batch-table.tsx';
import { ConfirmAct } from './confirm-act.tsx';
import { useElection, useElectionList } from './upload/paper-elections.ts';

export function ConfirmPage() {
  const elections = useElectionList();
  const [parameters] = useSearchParams();
  const filter = useListParameters();
  const electionId = parameters.get('election') ?? '';
  return (
    <PageShell title="Confirm batches">
      <p>
        A batch counts only after an official who did not send it compared it with the protocol of its station.{' '}
        <Link href="/batches">Batches</Link>
      </p>
      <div class="filters">
        <SelectField
          label="Election"
          value={electionId}
          onValue={(id) => filter({ election: id })}
          options={[
            ['', 'Choose an election'],
            ...distinctNames(elections.map(({ id, title }) => [id, titleInEnglish(title)])),
          ]}
        />
      </div>
      {electionId !== '' && <WaitingBatches key={electionId} electionId={electionId} />}
    </PageShell>
  );
}

function WaitingBatches({ electionId }: { readonly electionId: string }) {
  const me = useMe();
  const election = useElection(electionId).data;
  const path = `/v1/elections/${encodeURIComponent(electionId)}/batches?waiting=true`;
  const pages = usePages<{ batches: LedgerBatchShown[]; next: string | null }>('elections', path, 'after');
  const batches = pages.data?.pages.flatMap((page) => page.batches) ?? [];
  const stationName = (id: string | null): string =>
    election?.paper?.stations?.find((station) => station.id === id)?.name ?? id ?? 'The only station';
  const text = useListSearch().trim();
  const order = useListOrder(waitingOrders);
  const userName = useUserNames();
  const whole = useWholeList(pages, text !== '' || order.compare !== null, batches.length);
  const matches = batches.filter(
    (batch) =>
      hasText(batchText({ ...batch, id: batch.batchId }, userName), text) || hasText(stationName(batch.station), text),
  );
  return (
    <>
      {election?.rehearsal && <RehearsalBand />}
      <div class="filters" role="search">
        <SearchField label="Find by station, batch or person" />
        <SortField orders={waitingOrders} order={order} />
      </div>
      <WholeListNote state={whole} />
      <Loaded of={pages}>
        {() =>
          batches.length === 0 ? (
            <Empty title="No batches to confirm">
              <p>Every batch of this election is confirmed or withdrawn.</p>
            </Empty>
          ) : matches.length === 0 && whole !== 'reading' ? (
            <Empty title="No batches match" />
          ) : (
            <DataTable
              caption="Batches that wait for a second official"
              rows={inOrder(matches, order)}
              keyOf={({ number }) => String(number)}
              columns={[
                { head: 'Station', cell: ({ station }) => stationName(station) },
                {
                  head: 'Batch',
                  cell: ({ batchId, official }) =>
                    hasRole(me, 'official') && official !== me.user.id ? (
                      <code>{shortId(batchId)}</code>
                    ) : (
                      <Link href={`/batches/${batchId}`}>
                        <code>{shortId(batchId)}</code>
                      </Link>
                    ),
                },
                { head: 'State', cell: ({ state }) => <StateTag state={state} /> },
                { head: 'Accepted', cell: ({ acceptedAt }) => <Moment at={acceptedAt} /> },
                { head: 'Sent by', cell: ({ official }) => <PersonName userId={official} /> },
                {
                  head: 'Confirmation',
                  cell: (batch) => (
                    <ConfirmAct electionId={electionId} batch={batch} station={stationName(batch.station)} />
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
      {whole !== 'reading' && <ShowMore of={pages} label="Show more batches" />}
    </>
  );
}
