// The checks of one service process, collapsed: failures and warnings are listed above for all services together.
import type { ShownFinding, SystemAnswer } from '../../../protocol/control/system-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { countText, numberText } from '../words.ts';
import { countStates } from './states.ts';

export function ServiceReport(props: { readonly report: SystemAnswer['services'][number]; readonly ago: string }) {
  const { service, instance, version, findings } = props.report;
  const counts = countStates(findings);
  const state = counts.failed > 0 ? 'failed' : counts.warning > 0 ? 'warning' : 'ok';
  const id = `service-${service}-${instance}`;
  const order = ['failed', 'warning', 'ok'] as const;
  const sorted = order.flatMap((each) => findings.filter((finding) => finding.state === each));
  return (
    // Several processes of a service each have a report, so the name of the process is part of every label.
    <section class="report" aria-labelledby={`${id} ${id}-instance`}>
      <h2 id={id}>
        {service} <StateTag state={state} />
      </h2>
      <p class="muted">
        <code id={`${id}-instance`}>{instance}</code> · version {version} · reported {props.ago} ago
      </p>
      {sorted.length > 0 && (
        <details>
          <summary>{checksText(counts)}</summary>
          <Findings caption={`${service} ${instance}: all checks`} findings={sorted} />
        </details>
      )}
    </section>
  );
}

function checksText({ ok, warning, failed }: ReturnType<typeof countStates>): string {
  const parts = [
    failed > 0 && `${numberText(failed)} failed`,
    warning > 0 && countText(warning, 'warning'),
    ok > 0 && (ok === 1 ? '1 check passed' : `${numberText(ok)} checks passed`),
  ];
  return parts.filter((part) => part !== false).join(', ');
}

function Findings({ caption, findings }: { readonly caption: string; readonly findings: readonly ShownFinding[] }) {
  const anyNext = findings.some(({ next }) => next !== undefined);
  return (
    <DataTable
      caption={caption}
      hideCaption
      rows={findings}
      keyOf={({ check, observed }) => `${check} ${observed}`}
      columns={[
        { head: 'Check', cell: ({ check }) => check },
        { head: 'State', cell: ({ state }) => <StateTag state={state} /> },
        { head: 'Observation', cell: ({ observed }) => observed },
        ...(anyNext ? [{ head: 'What to do', cell: ({ next }: ShownFinding) => next ?? '' }] : []),
      ]}
    />
  );
}
