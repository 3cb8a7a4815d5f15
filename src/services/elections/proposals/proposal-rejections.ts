// Rejections of proposals and of decisions about them, each with the next step.
import { Problem } from '../../../protocol/problem.ts';
import type { ProposalConfirmed, ProposalStored } from '../../../store/elections/proposals.ts';

const details = {
  past: 'The time is not in the future. Propose the act again with a later time, or without one. Nothing was changed.',
  full: 'Too many proposals of this election wait. Confirm or reject some of them first. Nothing was changed.',
  left: 'The one who proposed this is no administrator any more. Reject it and propose the act again. Nothing was changed.',
  own: 'Another administrator must confirm what you proposed. Nothing was changed.',
  expired: 'This proposal has expired. Propose the act again. Nothing was changed.',
  decided: 'This proposal was confirmed or rejected already. GET it to see its state. Nothing was changed.',
  planned: 'This act is scheduled already. Cancel that plan first. Nothing was changed.',
} as const;

export function proposingRejection(outcome: Exclude<ProposalStored['outcome'], 'proposed'>): Problem {
  if (outcome === 'not-found') return new Problem('election-not-found');
  return new Problem('conflict', { detail: details[outcome] });
}

export function decisionRejection(outcome: Exclude<ProposalConfirmed['outcome'], 'confirmed'> | 'left'): Problem {
  if (outcome === 'not-found') return new Problem('proposal-not-found');
  return new Problem('conflict', { detail: details[outcome] });
}
