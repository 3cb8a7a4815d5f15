// Confirming a batch: the official types the number of ballots on the protocol of its station. The ledger compares it.
import { useState } from 'preact/hooks';
import type { LedgerBatchShown } from '../../../protocol/control/results-api.ts';
import { typedCount } from '../../../domain/text/typed-number.ts';
import { callPanel } from '../calls.ts';
import { Dialog } from '../parts/dialog.tsx';
import { DialogForm } from '../parts/dialog-form.tsx';
import { TextField } from '../parts/field.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { shortId } from './batch-table.tsx';

/** Longest time for a confirmation, in milliseconds: it moves every row of the batch. */
const confirmMsMax = 10 * 60_000;

type Props = { readonly electionId: string; readonly batch: LedgerBatchShown; readonly station: string };

export function ConfirmAct(props: Props) {
  const me = useMe();
  const [asking, setAsking] = useState(false);
  const { batchId, official, state } = props.batch;
  if (!hasRole(me, 'official')) return <>Another official</>;
  if (official === me.user.id) return <>Another official, because you sent it</>;
  if (state !== 'received') return <>When all rows arrived</>;
  return (
    <>
      <button
        type="button"
        class="small"
        aria-label={`Confirm batch ${shortId(batchId)}`}
        onClick={() => setAsking(true)}
      >
        Confirm…
      </button>
      {asking && <NumberDialog {...props} onClose={() => setAsking(false)} />}
    </>
  );
}

function NumberDialog({ electionId, batch: { batchId }, station, onClose }: Props & { readonly onClose: () => void }) {
  const refresh = useRefresh();
  const [typed, setTyped] = useState('');
  const [fault, setFault] = useState<string>();
  const act = useAct(async (ballots: number) => {
    const path = `/v1/elections/${encodeURIComponent(electionId)}/batches/${batchId}/confirm`;
    await callPanel('elections', path, { method: 'POST', body: { ballots }, msMax: confirmMsMax });
    await Promise.all([refresh('officials'), refresh('elections')]);
  });
  const submit = async (): Promise<void> => {
    const ballots = typedCount(typed);
    const isNumber = Number.isInteger(ballots) && ballots > 0;
    setFault(isNumber ? undefined : 'Enter the number of ballots.');
    if (isNumber && (await act.run(ballots))) onClose();
  };
  return (
    <Dialog title={`Confirm batch ${shortId(batchId)}`} onClose={onClose}>
      <DialogForm {...{ act, onClose }} label="Confirm the batch" onSubmit={() => void submit()}>
        <p>
          Station: <strong>{station}</strong>. Take its protocol, and enter the number of ballots that is on it.
        </p>
        <TextField
          label="Ballots on the protocol"
          class="short"
          inputMode="numeric"
          value={typed}
          onValue={setTyped}
          fault={fault}
        />
      </DialogForm>
    </Dialog>
  );
}
