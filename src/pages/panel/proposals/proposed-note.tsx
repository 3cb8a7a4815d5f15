// Says that an act was proposed and not carried out. Shown on the page that follows the act.
import { useEffect, useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { onProposed } from '../calls.ts';
import type { UserActName } from '../../../protocol/control/user-proposals-api.ts';
import type { ProposedAct } from '../calls.ts';
import { Moment } from '../parts/moment.tsx';
import { proposalActNames, userActWords } from './proposal-words.ts';

export function ProposedNote() {
  const [proposal, setProposal] = useState<ProposedAct | null>(null);
  useEffect(() => {
    onProposed(setProposal);
    return () => onProposed(null);
  }, []);
  return (
    <div role="status" class="no-print">
      {proposal !== null && (
        <div class="note">
          <p>
            <strong>Proposed: {proposedActName(proposal)}.</strong> Nothing has changed yet. Another administrator must
            confirm it until <Moment at={proposal.expiresAt} />.{' '}
            <Link href={isUserProposal(proposal) ? '/proposals' : `/proposals/${proposal.id}`}>Open the proposal</Link>
          </p>
          <button type="button" class="small" onClick={() => setProposal(null)}>
            Close this note
          </button>
        </div>
      )}
    </div>
  );
}

type UserProposed = Extract<ProposedAct, { readonly act: UserActName }>;
const isUserProposal = (proposal: ProposedAct): proposal is UserProposed => proposal.act in userActWords;
const proposedActName = (proposal: ProposedAct): string =>
  isUserProposal(proposal) ? userActWords[proposal.act] : proposalActNames[proposal.act];
