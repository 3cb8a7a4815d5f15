// Destruction of the data of an election whose results are published: what is still there, what to do next, and afterwards the
// signed certificate.
import { saveFile } from '../../../shared/save-file.ts';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import type { DestructionState } from '../../../../protocol/control/destruction-api.ts';
import type { DestructionDocument } from '../../../../protocol/record/destruction.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Loaded } from '../../parts/page.tsx';
import { useRemote } from '../../remote.ts';
import { hasRole, useMe } from '../../session/session.tsx';
import { CertifyAct } from './certify-act.tsx';
import { basisText, remainingText, thingText } from './destruction-words.ts';

type Of = { readonly election: AdministeredElection };

export function DestructionSection({ election }: Of) {
  const read = useRemote<DestructionState>('elections', `/v1/elections/${election.id}/destruction`);
  return (
    <section class="no-print" aria-labelledby="destruction">
      <h2 id="destruction">Destruction of data</h2>
      <Loaded of={read}>
        {(state) =>
          state.document ? <Certificate document={state.document} /> : <Remaining election={election} state={state} />
        }
      </Loaded>
    </section>
  );
}

function Remaining({ election, state }: Of & { readonly state: DestructionState }) {
  const me = useMe();
  return (
    <>
      <p>
        After the certification and the time of retention, the data that shows who took part is destroyed. Then two
        administrators certify it, and the platform signs the certificate.
      </p>
      <DataTable
        caption="Data that is left"
        keyOf={({ what }) => what}
        rows={state.remaining}
        columns={[
          { head: 'Data', cell: ({ what }) => thingText(what) },
          { head: 'State', cell: (row) => remainingText(row) },
        ]}
      />
      <NextStep state={state} />
      {state.state === 'ready' && hasRole(me, 'administrator') && <CertifyAct election={election} />}
    </>
  );
}

function NextStep({ state: { state, inUseUntil } }: { readonly state: DestructionState }) {
  if (state === 'in-use') {
    return (
      <p>
        Votes may be sent again for their receipt until <Moment at={inUseUntil} />. Destroy nothing before.
      </p>
    );
  }
  if (state === 'remaining') {
    return (
      <p>
        When the time of retention is over, the operator follows the runbook <code>destroy-election-data.md</code>. Then
        open this page again.
      </p>
    );
  }
  return state === 'ready' ? (
    <p>
      All of this is destroyed. The platform cannot see backups, and keys in other folders and with other services: you
      state that they are gone.
    </p>
  ) : (
    <p>The newest results are not published.</p>
  );
}

function Certificate({ document }: { readonly document: DestructionDocument }) {
  const { destruction } = document;
  const { electionId, signedAt, certifiedOn, retainedUntil, statedBy, destroyed } = destruction;
  return (
    <>
      <p>
        Certified <Moment at={signedAt} /> by {statedBy.length === 2 ? 'two administrators' : 'one administrator'}. The
        results were certified on {certifiedOn}, and the data was kept until {retainedUntil}.
      </p>
      <DataTable
        caption="Destroyed"
        keyOf={({ what }) => what}
        rows={destroyed}
        columns={[
          { head: 'Data', cell: ({ what }) => thingText(what) },
          { head: 'How this is known', cell: (row) => basisText(row) },
        ]}
      />
      <p>Kept: {destruction.kept.map(thingText).join(', ')}.</p>
      <p>
        The public reads the certificate at <code>/v1/elections/{electionId}/destruction</code> on the voters’ site.
      </p>
      <div class="acts">
        <button
          type="button"
          onClick={() =>
            saveFile(`${electionId}-destruction.json`, 'application/json', `${JSON.stringify(document, null, 2)}\n`)
          }
        >
          Download the certificate
        </button>
      </div>
    </>
  );
}
