// The public log of an election: its code, and what the services that write and publish logs say of them.
import { isOfPublicLog } from '../../../domain/record/log-findings.ts';
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import { CopyId } from '../parts/copy-id.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { useRemote } from '../remote.ts';

/** Time between two readings, in milliseconds: services report once a minute. */
const stateEveryMs = 30_000;

export function LogState({ election }: { readonly election: AdministeredElection }) {
  const { manifestHash } = election;
  const system = useRemote<SystemAnswer>('elections', manifestHash === null ? null : '/v1/system', {
    everyMs: stateEveryMs,
  }).data;
  if (!manifestHash) return null;
  const findings = (system?.services ?? []).flatMap((report) =>
    report.findings.filter(({ check }) => isOfPublicLog(report.service, check)),
  );
  const silent = system?.silent.find(({ service }) => service === 'log');
  return (
    <section aria-labelledby="log-state">
      <h2 id="log-state">Public log</h2>
      <p>
        Code of this election: <CopyId id={manifestHash} what="the code of this election" />
      </p>
      <ul class="plain">
        {silent && (
          <li>
            <StateTag state="silent" /> log. {silent.next}
          </li>
        )}
        {findings.map(({ check, state, observed, next = '' }) => (
          <li key={check + observed}>
            <StateTag state={state} /> {check}: {observed} {next}
          </li>
        ))}
        {system !== undefined && !silent && findings.length === 0 && <li>No service has reported on the log yet.</li>}
      </ul>
    </section>
  );
}
