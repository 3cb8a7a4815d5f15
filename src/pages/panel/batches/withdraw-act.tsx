// Withdrawing a batch that was uploaded wrongly: what happens to its rows, the reason, and the batches that have to be
// withdrawn first. Officials withdraw their own batches until another
// official confirmed them, administrators any.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { countText } from '../words.ts';
import { shortId } from './batch-table.tsx';

/** Longest time for a withdrawal, in milliseconds: it moves every row of the batch. */
const withdrawMsMax = 10 * 60_000;

export function WithdrawAct({
  batch,
  election,
}: {
  readonly batch: Batch;
  readonly election: PublicElection | undefined;
}) {
  const me = useMe();
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const { id, electionId, official } = batch;
  const act = useAct(async (reason: string) => {
    const path = `/v1/elections/${encodeURIComponent(electionId)}/batches/${id}/withdraw`;
    await callPanel('elections', path, { method: 'POST', body: { reason }, msMax: withdrawMsMax });
    await Promise.all([refresh('officials'), refresh('elections')]);
  });
  const mayWithdraw =
    hasRole(me, 'administrator') ||
    (hasRole(me, 'official') && official === me.user.id && typeof batch.confirmation === 'string');
  if (!mayWithdraw || batch.state === 'withdrawn' || election?.phase === 'published') return null;
  const others = act.rejection?.problem.errors?.flatMap(({ path }) => /^batches\/(.+)$/.exec(path)?.[1] ?? []) ?? [];
  return (
    <>
      <button type="button" class="danger" onClick={() => setAsking(true)}>
        Withdraw this batch…
      </button>
      {asking && (
        <ConfirmDialog
          title={`Withdraw batch ${shortId(id)}`}
          act={act}
          actLabel="Withdraw the batch"
          danger
          withReason
          onClose={() => setAsking(false)}
        >
          {others.length > 0 && (
            <ul>
              {others.map((other) => (
                <li key={other}>
                  <Link href={`/batches/${other}`}>Batch {shortId(other)}</Link>
                </li>
              ))}
            </ul>
          )}
          <Consequence batch={batch} election={election} />
        </ConfirmDialog>
      )}
    </>
  );
}

function Consequence({
  batch: { rows },
  election,
}: {
  readonly batch: Batch;
  readonly election: PublicElection | undefined;
}) {
  return (
    <>
      <p>
        None of the {countText(rows.received, 'row')} of this batch will count. The ballot box keeps them. The results
        say how many rows were withdrawn.
      </p>
      {election?.phase === 'closed' ? (
        <p>
          <strong>Voting has ended.</strong> No new file is accepted, so these ballots cannot be uploaded again.
        </p>
      ) : (
        <p>Until voting ends, you can upload this file again, or a corrected one. It may have the same ballot IDs.</p>
      )}
    </>
  );
}
