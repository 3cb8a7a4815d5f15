// The results as files for other programs, and where the public reads them after publication.
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import { callPanel } from '../calls.ts';
import { QrFiles, SharedAddress } from '../elections/share/shared-address.tsx';
import { useVoterAddresses } from '../elections/share/voter-addresses.ts';
import { saveFile } from '../../shared/save-file.ts';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct } from '../remote.ts';
import type { AdministeredResults } from '../../../protocol/control/results-api.ts';

export function Downloads({
  election,
  current,
}: {
  readonly election: AdministeredElection;
  readonly current: AdministeredResults;
}) {
  const { id } = election;
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
        <Published election={election} />
      )}
      <p>
        Count the box again and compare, byte for byte: <code>popvote election recount {id}</code>. SHA-256 of these
        results: <code>{current.sha256}</code>
      </p>
    </section>
  );
}

/** Where the public reads the published results. */
function Published({ election: { id, definition } }: { readonly election: AdministeredElection }) {
  const addresses = useVoterAddresses(definition);
  const signed = (
    <>
      The signed document is at <code>/v1/elections/{id}/results</code> there.
    </>
  );
  if (!addresses) {
    return (
      <p>
        The public reads the published results on the voters’ site at <code>/results/{id}</code>. {signed}
      </p>
    );
  }
  return (
    <>
      <p>The public reads the published results here. {signed}</p>
      <SharedAddress address={addresses.results} what="the link to the results" />
      <QrFiles address={addresses.results} name={`${id}-results-qr`} />
    </>
  );
}
