// Proposals as rows of a list: searched and sorted by the names that are shown.
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import type { UserProposal } from '../../../protocol/control/user-proposals-api.ts';
import { byLatest, byText, hasText, inOrder } from '../parts/list-order.ts';
import type { ListOrder } from '../parts/list-order.ts';
import { proposalActNames, proposalStateNames, userActWords } from './proposal-words.ts';

export type ProposalRow<Kind> = {
  readonly proposal: Kind;
  readonly action: string;
  /** What it concerns: an election or a person, by name. */
  readonly concern: string;
  readonly proposer: string;
  readonly proposedAt: string;
  /** What else a search finds. */
  readonly more: readonly string[];
};

type Orders = readonly [ListOrder<ProposalRow<unknown>>, ...ListOrder<ProposalRow<unknown>>[]];
export const proposalOrders: Orders = [
  { value: '', name: 'Newest first', compare: byLatest(({ proposedAt }) => proposedAt) },
  { value: 'concern', name: 'Election or account', compare: byText(({ concern }) => concern) },
  { value: 'act', name: 'Action', compare: byText(({ action }) => action) },
  { value: 'proposer', name: 'Proposed by', compare: byText(({ proposer }) => proposer) },
];

type NameOf = (id: string) => string;

export const electionProposalRow = (
  proposal: Proposal,
  { titleOf, personOf }: { readonly titleOf: NameOf; readonly personOf: NameOf },
): ProposalRow<Proposal> => ({
  proposal,
  action: proposalActNames[proposal.act],
  concern: titleOf(proposal.electionId),
  proposer: personOf(proposal.proposedBy),
  proposedAt: proposal.proposedAt,
  more: [
    proposal.electionId,
    proposalStateNames[proposal.state],
    proposal.decidedBy === null ? '' : personOf(proposal.decidedBy),
  ],
});

export const accountProposalRow = (proposal: UserProposal, personOf: NameOf): ProposalRow<UserProposal> => ({
  proposal,
  action: userActWords[proposal.act],
  concern: proposal.userId === null ? '' : personOf(proposal.userId),
  proposer: personOf(proposal.proposedBy),
  proposedAt: proposal.proposedAt,
  more: [],
});

/** The rows with a text, in an order. */
export function listedProposals<Kind>(
  rows: readonly ProposalRow<Kind>[],
  text: string,
  order: ListOrder<ProposalRow<unknown>>,
): readonly ProposalRow<Kind>[] {
  const matches = rows.filter(({ action, concern, proposer, more }) =>
    hasText([action, concern, proposer, ...more].join('\n'), text),
  );
  return inOrder(matches, order);
}
