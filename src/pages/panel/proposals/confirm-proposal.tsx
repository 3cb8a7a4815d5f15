// Confirms a proposal of another administrator. A change of the roll needs the proposed file once more.
import { useState } from 'preact/hooks';
import type { Proposal } from '../../../protocol/control/proposals-api.ts';
import { callPanel, Refused } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { useAct, useRefresh } from '../remote.ts';
import { proposalActNames } from './proposal-words.ts';

/** Longest time for the act, in milliseconds: a count reads every ballot. */
const actMsMax = 15 * 60_000;

export function ConfirmProposal({ proposal }: { readonly proposal: Proposal }) {
  const [asking, setAsking] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const refresh = useRefresh();
  const { id, act: name, electionId } = proposal;
  const needsFile = name === 'import-roll';
  const act = useAct(async () => {
    if (needsFile && file === null) throw new Refused(422, noFile);
    const path = needsFile
      ? `/v1/elections/${encodeURIComponent(electionId)}/roll?proposal=${id}`
      : `/v1/proposals/${id}/confirm`;
    const upload = needsFile && file !== null ? { raw: file, headers: { 'content-type': 'text/csv' } } : {};
    await callPanel('elections', path, { method: 'POST', msMax: actMsMax, ...upload });
    await refresh('elections');
  });
  return (
    <>
      <button type="button" class="primary" onClick={() => setAsking(true)}>
        Confirm
      </button>
      {asking && (
        <ConfirmDialog
          title={`Confirm: ${proposalActNames[name]}`}
          act={act}
          actLabel="Confirm and carry out"
          word={electionId}
          onClose={() => setAsking(false)}
        >
          <p>Exactly what this page shows is carried out, once. The audit log keeps both names.</p>
          {needsFile && (
            <p>
              <label for="proposed-file">The same file, from the administrator who proposed it</label>
              <input
                id="proposed-file"
                type="file"
                onChange={({ currentTarget }) => setFile(currentTarget.files?.[0] ?? null)}
              />
            </p>
          )}
        </ConfirmDialog>
      )}
    </>
  );
}

const noFile = { title: 'Choose the file', detail: 'Choose the file that was proposed. Its hash is compared.' };
