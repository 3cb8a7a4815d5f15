// What waits for another administrator, and what was decided: all searched and sorted together.
import { Link } from 'wouter-preact';
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import { useElectionTitles } from '../elections/use-election-titles.ts';
import { Moment } from '../parts/moment.tsx';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { SearchField, SortField, useListOrder, useListSearch } from '../parts/use-list-order.tsx';
import { PersonName } from '../people/person-name.tsx';
import { useUserNames } from '../people/user-names.ts';
import { useRemote } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { DecidedProposals } from './decided-proposals.tsx';
import { electionProposalRow, listedProposals, proposalOrders } from './proposal-rows.ts';
import type { ProposalRow } from './proposal-rows.ts';
import { proposalStateNames } from './proposal-words.ts';
import { useWaitingProposals } from './use-proposals.ts';
import { UserProposalList } from './user-proposal-list.tsx';

type Proposals = { readonly proposals: readonly Proposal[] };
type Rows = readonly ProposalRow<Proposal>[];

export function ProposalsPage() {
  const me = useMe();
  const waiting = useWaitingProposals();
  const all = useRemote<Proposals>('elections', '/v1/proposals?state=all');
  const titleOf = useElectionTitles();
  const userName = useUserNames();
  const text = useListSearch().trim();
  const order = useListOrder(proposalOrders);
  const names = { titleOf, personOf: (id: string) => userName(id) ?? id };
  const listed = (proposals: readonly Proposal[]): Rows =>
    listedProposals(
      proposals.map((proposal) => electionProposalRow(proposal, names)),
      text,
      order,
    );
  return (
    <PageShell title="Approvals">
      <p>
        In an election that counts, and for accounts of others, one administrator proposes an action, and another
        confirms it within 24 hours.
      </p>
      <div class="filters" role="search">
        <SearchField label="Find by election, action, person or state" />
        <SortField orders={proposalOrders} order={order} />
      </div>
      <UserProposalList text={text} order={order} />
      <Loaded of={waiting}>
        {({ proposals }) => {
          const [own = [], others = []] = [true, false].map((mine) =>
            proposals.filter(({ proposedBy }) => (proposedBy === me.user.id) === mine),
          );
          return (
            <>
              <ProposalList rows={listed(others)} all={others.length} empty="Nothing waits for you" />
              <h2>Waits for another administrator</h2>
              <ProposalList rows={listed(own)} all={own.length} empty="You have proposed nothing that waits" />
            </>
          );
        }}
      </Loaded>
      <h2>Decided</h2>
      <Loaded of={all}>
        {({ proposals }) => {
          const decided = proposals.filter(({ state }) => state !== 'proposed');
          return <DecidedProposals rows={listed(decided)} all={decided.length} read={proposals.length} />;
        }}
      </Loaded>
    </PageShell>
  );
}

/** `all`: how many there are without the search. */
function ProposalList({ rows, all, empty }: { readonly rows: Rows; readonly all: number; readonly empty: string }) {
  if (rows.length === 0) return <Empty title={all === 0 ? empty : 'No proposals match'} />;
  return (
    <ul>
      {rows.map(({ proposal: { id, proposedBy, expiresAt, state }, action, concern }) => (
        <li key={id}>
          <Link href={`/proposals/${id}`}>
            {action}: <bdi>{concern}</bdi>
          </Link>{' '}
          (proposed by <PersonName userId={proposedBy} />, {proposalStateNames[state]}
          {state === 'proposed' && (
            <>
              {' '}
              until <Moment at={expiresAt} />
            </>
          )}
          )
        </li>
      ))}
    </ul>
  );
}
