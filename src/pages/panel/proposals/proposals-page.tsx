// What waits for another administrator, and what was decided.
import { Link } from 'wouter-preact';
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import { Empty, Loaded, PageShell } from '../parts/page.tsx';
import { PersonName } from '../people/person-name.tsx';
import { useRemote } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { Moment } from '../parts/moment.tsx';
import { DecidedProposals } from './decided-proposals.tsx';
import { proposalActNames, proposalStateNames } from './proposal-words.ts';
import { useWaitingProposals } from './use-proposals.ts';
import { UserProposalList } from './user-proposal-list.tsx';

type Proposals = { readonly proposals: readonly Proposal[] };

export function ProposalsPage() {
  const me = useMe();
  const waiting = useWaitingProposals();
  const all = useRemote<Proposals>('elections', '/v1/proposals?state=all');
  return (
    <PageShell title="Approvals">
      <p>
        In an election that counts, and for accounts of others, one administrator proposes an action, and another
        confirms it within 24 hours.
      </p>
      <UserProposalList />
      <Loaded of={waiting}>
        {({ proposals }) => {
          const [own, others] = [true, false].map((mine) =>
            proposals.filter(({ proposedBy }) => (proposedBy === me.user.id) === mine),
          );
          return (
            <>
              <ProposalList proposals={others ?? []} empty="Nothing waits for you" />
              <h2>Waits for another administrator</h2>
              <ProposalList proposals={own ?? []} empty="You have proposed nothing that waits" />
            </>
          );
        }}
      </Loaded>
      <h2>Decided</h2>
      <Loaded of={all}>{({ proposals }) => <DecidedProposals proposals={proposals} />}</Loaded>
    </PageShell>
  );
}

function ProposalList({ proposals, empty }: { readonly proposals: readonly Proposal[]; readonly empty: string }) {
  if (proposals.length === 0) return <Empty title={empty} />;
  return (
    <ul>
      {proposals.map(({ id, act, electionId, proposedBy, expiresAt, state }) => (
        <li key={id}>
          <Link href={`/proposals/${id}`}>
            {proposalActNames[act]}: {electionId}
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
