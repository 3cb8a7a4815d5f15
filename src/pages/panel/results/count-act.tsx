// Counting: what it does, and what is still missing if it is not possible yet, each with the next step.
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { ProblemBody } from '../../../protocol/problem.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useProposes } from '../proposals/use-proposals.ts';
import { useAct, useRefresh } from '../remote.ts';

/** Longest time for a count, in milliseconds: it reads every ballot. */
const countMsMax = 15 * 60_000;

export function CountAct({ election }: { readonly election: AdministeredElection }) {
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const { id } = election;
  const proposes = useProposes(election.definition.rehearsal);
  const act = useAct(async () => {
    await callPanel('elections', `/v1/elections/${id}/count`, { method: 'POST', body: {}, msMax: countMsMax });
    await refresh('elections');
  });
  const missing = act.rejection?.is('not-drained') ? (act.rejection.problem.errors ?? []) : null;
  return (
    <>
      {missing === null ? (
        <RejectionNote rejection={asking ? null : act.rejection} />
      ) : (
        <Missing id={id} missing={missing} />
      )}
      <div class="acts">
        <button type="button" class="primary" onClick={() => setAsking(true)}>
          {missing === null ? 'Count' : 'Count again'}
        </button>
      </div>
      {asking && (
        // The list of what is missing stays on the page, to work through: the dialog closes.
        <ConfirmDialog
          title="Count this election"
          act={{ ...act, rejection: null, run: async () => (await act.run(), true) }}
          actLabel="Close the box and count"
          proposes={proposes}
          word={id}
          onClose={() => setAsking(false)}
        >
          <p>
            Counting closes the ballot box permanently: no ballot and no row of a file can be added afterwards. If
            anything is missing, nothing is closed and you see a list.
          </p>
          <p>The results are provisional until an administrator publishes them.</p>
        </ConfirmDialog>
      )}
    </>
  );
}

type Fault = NonNullable<ProblemBody['errors']>[number];

function Missing({ id, missing }: { readonly id: string; readonly missing: readonly Fault[] }) {
  return (
    <div class="note bad" role="alert">
      <h2>Not counted: some ballots have not arrived</h2>
      <p>Nothing was closed and nothing is lost. Do what each line says, then count again.</p>
      <ul class="missing">
        {missing.map(({ path, detail }) => (
          <li key={path + detail}>
            <strong>{placeWords(path)}</strong> {detail} <WayOut id={id} path={path} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const places: Readonly<Record<string, string>> = {
  intake: 'Voting.',
  outbox: 'Ballots in transit.',
  box: 'The ballot box.',
  queue: 'Files in transit.',
  batches: 'A file of paper ballots.',
  participation: 'An alarm.',
};
const placeWords = (path: string): string => places[path.split('/')[0] ?? ''] ?? '';

function WayOut({ id, path }: { readonly id: string; readonly path: string }) {
  const [place, batchId] = path.split('/');
  if (place === 'intake') return <Link href={`/elections/${id}`}>Open the election</Link>;
  if (place === 'outbox' || place === 'box')
    return <Link href={`/elections/${id}/live`}>See where the ballots are</Link>;
  if (batchId === undefined || batchId === '') return null;
  if (place === 'batches') return <Link href={`/batches?election=${id}&view=ledger`}>Open the batches received</Link>;
  return <Link href={`/batches/${encodeURIComponent(batchId)}`}>Open the batch</Link>;
}
