// The results as files for other programs, and where the public reads them after publication.
import { callPanel } from '../calls.ts';
import { saveFile } from './save-file.ts';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct } from '../remote.ts';
import type { AdministeredResults } from '../../../protocol/control/results-api.ts';

export function Downloads({ id, current }: { readonly id: string; readonly current: AdministeredResults }) {
  const name = `${id}-results-${current.revision}${current.state === 'provisional' ? '-provisional' : ''}`;
  const csv = useAct(async () => {
    const { data } = await callPanel<string>('elections', `/v1/elections/${id}/results.csv`);
    saveFile(`${name}.csv`, 'text/csv', data);
  });
  return (
    <section class="no-print" aria-labelledby="files">
      <h2 id="files">Files</h2>
      <RejectionNote rejection={csv.rejection} />
      <div class="acts">
        <button type="button" onClick={() => void csv.run()}>
          Download CSV
        </button>
        <button
          type="button"
          onClick={() => saveFile(`${name}.json`, 'application/json', `${JSON.stringify(current, null, 2)}\n`)}
        >
          Download JSON
        </button>
        <button type="button" onClick={() => print()}>
          Print
        </button>
      </div>
      {current.publishedRevision === null ? (
        <p class="muted">These files contain provisional results. Keep them confidential until they are published.</p>
      ) : (
        <p>
          The public reads the published results on the voters’ site at <code>/results/{id}</code>, and as a signed
          document at <code>/v1/elections/{id}/results</code> there.
        </p>
      )}
      <p>
        Count the box again and compare, byte for byte: <code>popvote election recount {id}</code>. SHA-256 of these
        results: <code>{current.sha256}</code>
      </p>
    </section>
  );
}
