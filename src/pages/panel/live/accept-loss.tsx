// Accepts that recorded votes are missing after a restore, with a reason. Shown to administrators beside the alarm.
import { useState } from 'preact/hooks';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { useProposes } from '../proposals/use-proposals.ts';
import { useAct, useRefresh } from '../remote.ts';

export function AcceptLoss({ election }: { readonly election: AdministeredElection }) {
  const [open, setOpen] = useState(false);
  const proposes = useProposes(election.definition.rehearsal);
  const refresh = useRefresh();
  const act = useAct(async (reason: string) => {
    const path = `/v1/elections/${encodeURIComponent(election.id)}/accept-loss`;
    await callPanel('elections', path, { method: 'POST', body: { reason } });
    await refresh('elections');
  });
  return (
    <div class="acts">
      <button type="button" class="danger" onClick={() => setOpen(true)}>
        Accept the loss
      </button>
      {open && (
        <ConfirmDialog
          title="Accept the loss of recorded votes"
          act={act}
          actLabel="Accept the loss"
          danger
          withReason
          word={election.id}
          proposes={proposes}
          onClose={() => setOpen(false)}
        >
          <p>
            Votes that have a receipt are missing in the databases. First try to restore newer copies of the databases
            intake and box, both to one moment.
          </p>
          <p>
            After you accept the loss, voting continues, and voters whose votes are missing can vote again. The results
            report the loss, and the audit log keeps your reason. This cannot be undone.
          </p>
        </ConfirmDialog>
      )}
    </div>
  );
}
