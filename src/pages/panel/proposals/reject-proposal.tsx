// Rejects a proposal, also one's own.
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import { callPanel } from '../calls.ts';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct, useRefresh } from '../remote.ts';

export function RejectProposal({ proposal: { id } }: { readonly proposal: Proposal }) {
  const refresh = useRefresh();
  const act = useAct(async () => {
    await callPanel('elections', `/v1/proposals/${id}/reject`, { method: 'POST' });
    await refresh('elections');
  });
  return (
    <>
      <RejectionNote rejection={act.rejection} />
      <button type="button" class="danger" aria-disabled={act.busy} onClick={() => void act.run()}>
        Reject
      </button>
    </>
  );
}
