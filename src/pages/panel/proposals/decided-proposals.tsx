// Proposals that are decided or have expired: a table with a search, in the order of the choice.
import { Link, useSearchParams } from 'wouter-preact';
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { TextField } from '../parts/field.tsx';
import { byLatest, byText, hasText, inOrder } from '../parts/list-order.ts';
import type { ListOrder } from '../parts/list-order.ts';
import { Moment } from '../parts/moment.tsx';
import { Empty } from '../parts/page.tsx';
import { SortField, useListOrder, useListParameters } from '../parts/use-list-order.tsx';
import { PersonName } from '../people/person-name.tsx';
import { proposalActNames, proposalStateNames } from './proposal-words.ts';

const orders: readonly [ListOrder<Proposal>, ...ListOrder<Proposal>[]] = [
  { value: '', name: 'Newest first', compare: byLatest(({ proposedAt }) => proposedAt) },
  { value: 'election', name: 'Election', compare: byText(({ electionId }) => electionId) },
  { value: 'act', name: 'Action', compare: byText(({ act }) => proposalActNames[act]) },
];

const columns: readonly Column<Proposal>[] = [
  { head: 'Action', cell: ({ id, act }) => <Link href={`/proposals/${id}`}>{proposalActNames[act]}</Link> },
  { head: 'Election', cell: ({ electionId }) => electionId },
  { head: 'Proposed by', cell: ({ proposedBy }) => <PersonName userId={proposedBy} /> },
  { head: 'Proposed', cell: ({ proposedAt }) => <Moment at={proposedAt} form="short" /> },
  { head: 'State', cell: ({ state }) => proposalStateNames[state] },
  {
    head: 'Decided by',
    cell: ({ decidedBy }) => (decidedBy === null ? 'No one' : <PersonName userId={decidedBy} />),
  },
];

/** Proposals in the list of the service, those that wait among them. Older ones are in the audit log. */
const proposalsListed = 100;

export function DecidedProposals({ proposals: all }: { readonly proposals: readonly Proposal[] }) {
  const [search] = useSearchParams();
  const filter = useListParameters();
  const order = useListOrder(orders);
  const text = search.get('search') ?? '';
  const proposals = all.filter(({ state }) => state !== 'proposed');
  if (proposals.length === 0) return <Empty title="Nothing was decided yet" />;
  const matches = proposals.filter(
    ({ act, electionId, state }) =>
      hasText(electionId, text) || hasText(proposalActNames[act], text) || hasText(proposalStateNames[state], text),
  );
  return (
    <>
      <div class="filters" role="search">
        <TextField
          label="Find by election, action or state"
          type="search"
          value={text}
          onValue={(next) => filter({ search: next })}
          autocomplete="off"
        />
        <SortField orders={orders} order={order} />
      </div>
      {matches.length === 0 ? (
        <Empty title="No proposals match" />
      ) : (
        <DataTable
          caption="Decided proposals"
          hideCaption
          columns={columns}
          rows={inOrder(matches, order)}
          keyOf={({ id }) => id}
        />
      )}
      {all.length >= proposalsListed && <p class="muted">The audit log has older proposals.</p>}
    </>
  );
}
