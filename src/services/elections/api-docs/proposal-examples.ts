// Fictional proposals for the documentation.
import type { ProposalDetails } from '../../../protocol/control/proposals-api.ts';

const details: ProposalDetails = {
  proposal: {
    id: '4a0f9a52-3c1e-4d0b-8f5e-2b7c6d5e4f30',
    act: 'close',
    electionId: 'library-2026',
    reason: 'The court has stopped this vote.',
    at: null,
    proposedBy: '7c1f6f0e-3d0b-4a55-9f5e-0d6c7a3f2b11',
    proposedAt: '2026-06-20T09:00:00.000Z',
    expiresAt: '2026-06-21T09:00:00.000Z',
    state: 'proposed',
    decidedBy: null,
    decidedAt: null,
    problem: null,
  },
  parameters: { reason: 'The court has stopped this vote.' },
};
const { id, act, expiresAt } = details.proposal;

export const proposalExamples = {
  details,
  proposed: { proposal: { id, act, expiresAt } },
} as const;
