// The state of the platform: the findings of each running service, from the same checks and with the same names as
// `popvote doctor`. Failures come first, each with its fix.
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loaded, PageShell } from '../parts/page.tsx';
import { StateTag } from '../parts/state-tag.tsx';
import { useRefresh, useRemote } from '../remote.ts';
import { countText, durationText } from '../words.ts';
import { PanelHealth } from './panel-health.tsx';
import { ServiceReport } from './service-report.tsx';
import { SilentServices } from './silent-services.tsx';
import { summaryOf } from './summary.ts';
import type { SystemProblem } from './summary.ts';

export function SystemPage() {
  const system = useRemote<SystemAnswer>('elections', '/v1/system');
  const refresh = useRefresh();
  return (
    <PageShell
      title="System"
      acts={
        <button type="button" aria-disabled={system.isFetching} onClick={() => void refresh('elections')}>
          {system.isFetching ? 'Loading…' : 'Refresh'}
        </button>
      }
    >
      <p class="hint">
        Each service checks itself once a minute, with the same checks as <code>popvote doctor</code>.
      </p>
      <Loaded of={system}>{(data) => <Everything system={data} />}</Loaded>
      <PanelHealth />
    </PageShell>
  );
}

function Everything({ system }: { readonly system: SystemAnswer }) {
  const { services, silent, at } = system;
  const summary = summaryOf(system);
  const versions = [...new Set(services.map(({ version }) => version))];
  return (
    <>
      <div class={`note ${summary.tone}`} role="status">
        <p>
          <strong>{summary.text}.</strong> {countText(summary.checks, 'check')} at <Moment at={at} form="clock" />.
        </p>
      </div>
      {versions.length > 1 && (
        <p class="note warn">
          Services run different versions: {versions.join(', ')}. This is normal only during an upgrade.
        </p>
      )}
      <Problems problems={summary.problems} />
      <SilentServices silent={silent} at={at} />
      {services.map((report) => (
        <ServiceReport
          key={`${report.service} ${report.instance}`}
          report={report}
          ago={durationText(Date.parse(at) - Date.parse(report.reportedAt))}
        />
      ))}
    </>
  );
}

function Problems({ problems }: { readonly problems: readonly SystemProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <section aria-labelledby="problems">
      <h2 id="problems">Needs attention</h2>
      <DataTable
        caption="Failed checks and warnings"
        hideCaption
        rows={problems}
        keyOf={({ state, check, observed, services }) => JSON.stringify([state, check, observed, services])}
        columns={[
          { head: 'Check', cell: ({ check }) => check },
          { head: 'State', cell: ({ state }) => <StateTag state={state} /> },
          { head: 'Services', cell: ({ services }) => services.join(', ') },
          { head: 'Observation', cell: ({ observed }) => observed },
          { head: 'What to do', cell: ({ next }) => next ?? '' },
        ]}
      />
    </section>
  );
}
