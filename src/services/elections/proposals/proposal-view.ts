// The control API's view of a stored proposal.
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import { instantOf } from '../../../protocol/public-values.ts';
import type { StoredProposal } from '../../../store/elections/proposals.ts';

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : instantOf(ms));

export function shownProposal(stored: StoredProposal): Proposal {
  const { id, act, electionId, reason, proposedBy, decidedBy, code, detail } = stored;
  return {
    id,
    // The service stores names of its registry only.
    act: act as Proposal['act'],
    electionId,
    reason,
    at: instantOrNull(stored.dueAtMs),
    proposedBy,
    proposedAt: instantOf(stored.proposedAtMs),
    expiresAt: instantOf(stored.expiresAtMs),
    state: stateOf(stored),
    decidedBy,
    decidedAt: instantOrNull(stored.decidedAtMs),
    problem: code === null ? null : { code, detail: detail ?? '' },
  };
}

function stateOf({ state, actState }: StoredProposal): Proposal['state'] {
  if (state !== 'confirmed') return state;
  if (actState === 'done' || actState === 'failed') return actState;
  return actState === 'cancelled' ? 'rejected' : 'confirmed';
}
