// Batches of paper ballots: the elections that accept them now, the uploads with their progress, and for administrators
// and auditors the ledger of an election. Officials see and upload their own batches.
import { useEffect } from 'preact/hooks';
import { Link, useSearchParams } from 'wouter-preact';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import { distinctNames } from '../parts/distinct-names.ts';
import { SelectField } from '../parts/field.tsx';
import { hasText, inOrder } from '../parts/list-order.ts';
import { Loaded, PageShell } from '../parts/page.tsx';
import { ShowMore } from '../parts/show-more.tsx';
import { SearchField, SortField, useListOrder, useListParameters, useListSearch } from '../parts/use-list-order.tsx';
import { useWholeList, WholeListNote } from '../parts/whole-list.tsx';
import { useUserNames } from '../people/user-names.ts';
import { usePages } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { titleInEnglish } from '../words.ts';
import { batchOrders, batchText } from './batch-list.ts';
import { BatchTable } from './batch-table.tsx';
import { InterruptedNote } from './upload/interrupted-note.tsx';
import { Ledger } from './ledger.tsx';
import { OpenElections } from './upload/open-elections.tsx';
import { useElectionList, usePaperElections } from './upload/paper-elections.ts';
import { isUnderWay, useUpload } from './upload/upload-store.ts';

/** Batches in one page of the list. */
const pageBatches = 100;
/** Time between two polls of the list, in milliseconds: while a batch is in progress, and otherwise. */
const soonMs = 5_000;
const laterMs = 30_000;

export function BatchesPage() {
  const me = useMe();
  const [parameters] = useSearchParams();
  const elections = usePaperElections();
  const electionId = parameters.get('election') ?? '';
  const seesLedger = hasRole(me, 'administrator', 'auditor') && electionId !== '';
  const ledger = seesLedger && parameters.get('view') === 'ledger';
  return (
    <PageShell title="Batches">
      <InterruptedNote userId={me.user.id} />
      <UnderWay userId={me.user.id} />
      <Loaded of={elections}>{(paper) => <OpenElections {...paper} mayUpload={hasRole(me, 'official')} />}</Loaded>
      <p>
        <Link href={`/batches/confirm${electionId === '' ? '' : `?election=${electionId}`}`}>Confirm batches</Link>
      </p>
      <h2>{hasRole(me, 'official') ? 'My batches' : 'All batches'}</h2>
      <Filters electionId={electionId} ledger={ledger} />
      {seesLedger && <Views electionId={electionId} ledger={ledger} />}
      {ledger ? (
        <Ledger key={electionId} electionId={electionId} />
      ) : (
        <BatchList key={electionId} electionId={electionId} />
      )}
    </PageShell>
  );
}

function UnderWay({ userId }: { readonly userId: string }) {
  const upload = useUpload(userId);
  if (upload === null) return null;
  return (
    <p class="note" role="status">
      {isUnderWay(upload) ? 'An upload is in progress.' : 'An upload has ended.'}{' '}
      <Link href={`/batches/new?election=${upload.electionId}`}>See its progress</Link>
    </p>
  );
}

const states: readonly (readonly [Batch['state'] | '', string])[] = [
  ['', 'All states'],
  ['queued', 'Queued'],
  ['checking', 'Checking'],
  ['received', 'Not confirmed'],
  ['incomplete', 'Incomplete'],
  ['done', 'Done'],
  ['withdrawn', 'Withdrawn'],
];

function Filters({ electionId, ledger }: { readonly electionId: string; readonly ledger: boolean }) {
  const elections = useElectionList();
  const [parameters] = useSearchParams();
  const filter = useListParameters();
  const order = useListOrder(batchOrders);
  const me = useMe();
  const isListed = electionId === '' || elections.some(({ id }) => id === electionId);
  return (
    <div class="filters" role="search">
      {!ledger && <SearchField label={`Find by batch${hasRole(me, 'official') ? '' : ', person'} or station`} />}
      <SelectField
        label="Election"
        value={electionId}
        onValue={(id) => filter({ election: id, view: '' })}
        options={[
          ['', 'All elections'],
          ...(isListed ? [] : [[electionId, electionId] as const]),
          ...distinctNames(
            elections.map(({ id, title, rehearsal }) => [
              id,
              titleInEnglish(title) + (rehearsal ? ' (rehearsal)' : ''),
            ]),
          ),
        ]}
      />
      {!ledger && (
        <>
          <SelectField
            label="State"
            value={parameters.get('state') ?? ''}
            onValue={(state) => filter({ state })}
            options={states}
          />
          <SortField orders={batchOrders} order={order} />
        </>
      )}
    </div>
  );
}

function Views({ electionId, ledger }: { readonly electionId: string; readonly ledger: boolean }) {
  const here = (is: boolean) => (is ? { 'aria-current': 'page' as const } : {});
  return (
    <nav class="batch-views" aria-label="Batch views">
      <ul>
        <li>
          <Link href={`/batches?election=${electionId}`} {...here(!ledger)}>
            Uploads
          </Link>
        </li>
        <li>
          <Link href={`/batches?election=${electionId}&view=ledger`} {...here(ledger)}>
            Ballot box ledger
          </Link>
        </li>
      </ul>
    </nav>
  );
}

function BatchList({ electionId }: { readonly electionId: string }) {
  const filter = electionId === '' ? '' : `&electionId=${encodeURIComponent(electionId)}`;
  const pages = usePages<{ batches: Batch[]; next: string | null }>(
    'officials',
    `/v1/batches?limit=${pageBatches}${filter}`,
    'after',
  );
  const [parameters] = useSearchParams();
  const order = useListOrder(batchOrders);
  const state = parameters.get('state') ?? '';
  const text = useListSearch().trim();
  const userName = useUserNames();
  const batches = pages.data?.pages.flatMap((page) => page.batches) ?? [];
  const filtered = state !== '' || text !== '';
  const whole = useWholeList(pages, filtered || order.compare !== null, batches.length);
  const matches = batches.filter(
    (batch) => (state === '' || batch.state === state) && hasText(batchText(batch, userName), text),
  );
  const listed = inOrder(matches, order);
  const unfinished = batches.some(({ state }) => state === 'queued' || state === 'checking');
  // Each poll reads all pages that are there.
  const isShort = batches.length <= pageBatches;
  const { refetch } = pages;
  useEffect(() => {
    const timer = setInterval(() => void refetch(), unfinished && isShort ? soonMs : laterMs);
    return () => clearInterval(timer);
  }, [unfinished, isShort, refetch]);
  return (
    <Loaded of={pages}>
      {() => (
        <>
          <WholeListNote state={whole} />
          <BatchTable batches={listed} order={order.name.toLowerCase()} filtered={filtered} all={!pages.hasNextPage} />
          {whole !== 'reading' && <ShowMore of={pages} label="Show older batches" />}
        </>
      )}
    </Loaded>
  );
}
