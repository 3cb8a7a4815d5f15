// Proposals that are decided or have expired: a table of those that the search found.
import { Link } from 'wouter-preact';
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import type { Column } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Empty } from '../parts/page.tsx';
import { PersonName } from '../people/person-name.tsx';
import type { ProposalRow } from './proposal-rows.ts';
import { proposalStateNames } from './proposal-words.ts';

type Row = ProposalRow<Proposal>;

const columns: readonly Column<Row>[] = [
  { head: 'Action', cell: ({ proposal, action }) => <Link href={`/proposals/${proposal.id}`}>{action}</Link> },
  { head: 'Election', cell: ({ concern }) => <bdi>{concern}</bdi> },
  { head: 'Proposed by', cell: ({ proposal }) => <PersonName userId={proposal.proposedBy} /> },
  { head: 'Proposed', cell: ({ proposedAt }) => <Moment at={proposedAt} form="short" /> },
  { head: 'State', cell: ({ proposal }) => proposalStateNames[proposal.state] },
  {
    head: 'Decided by',
    cell: ({ proposal: { decidedBy } }) => (decidedBy === null ? 'No one' : <PersonName userId={decidedBy} />),
  },
];

/** Proposals in the list of the service, those that wait among them. Older ones are in the audit log. */
const proposalsListed = 100;

/** `all`: how many there are without the search. `read`: in the list of the service, those that wait among them. */
export function DecidedProposals({
  rows,
  all,
  read,
}: {
  readonly rows: readonly Row[];
  readonly all: number;
  readonly read: number;
}) {
  if (all === 0) return <Empty title="Nothing was decided yet" />;
  return (
    <>
      {rows.length === 0 ? (
        <Empty title="No proposals match" />
      ) : (
        <DataTable
          caption="Decided proposals"
          hideCaption
          columns={columns}
          rows={rows}
          keyOf={({ proposal }) => proposal.id}
        />
      )}
      {read >= proposalsListed && <p class="muted">The audit log has older proposals.</p>}
    </>
  );
}
