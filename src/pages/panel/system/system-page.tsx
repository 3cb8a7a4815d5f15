// The state of the platform: the findings of each running service, from the same checks and with the same names as
// `popvote doctor`. Failures come first, each with its fix.
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import { Loaded, PageShell } from '../parts/page.tsx';
import { useRefresh, useRemote } from '../remote.ts';
import { clockText, countText, durationText, numberText } from '../words.ts';
import { PanelHealth } from './panel-health.tsx';
import { ServiceReport } from './service-report.tsx';
import { SilentServices } from './silent-services.tsx';
import { countStates } from './states.ts';
import './system.css';

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
  const counts = countStates(services.flatMap(({ findings }) => findings));
  const versions = [...new Set(services.map(({ version }) => version))];
  const reports = [...services].sort((a, b) => worstOf(a) - worstOf(b));
  return (
    <>
      <Summary counts={counts} silent={silent.length} at={at} />
      {versions.length > 1 && (
        <p class="note warn">
          Services run different versions: {versions.join(', ')}. This is normal only during an upgrade.
        </p>
      )}
      <SilentServices silent={silent} at={at} />
      {reports.map((report) => (
        <ServiceReport
          key={`${report.service} ${report.instance}`}
          report={report}
          ago={durationText(Date.parse(at) - Date.parse(report.reportedAt))}
        />
      ))}
    </>
  );
}

/** Failures first, then warnings. */
const worstOf = ({ findings }: SystemAnswer['services'][number]): number => {
  const { failed, warning } = countStates(findings);
  return failed > 0 ? 0 : warning > 0 ? 1 : 2;
};

function Summary(props: {
  readonly counts: Readonly<Record<'ok' | 'warning' | 'failed', number>>;
  readonly silent: number;
  readonly at: string;
}) {
  const { counts, silent, at } = props;
  const checks = counts.ok + counts.warning + counts.failed;
  const tone = counts.failed + silent > 0 ? 'bad' : counts.warning > 0 ? 'warn' : 'ok';
  const parts = [
    counts.failed > 0 && `${numberText(counts.failed)} failed`,
    silent > 0 && `${numberText(silent)} ${silent === 1 ? 'service does' : 'services do'} not report`,
    counts.warning > 0 && countText(counts.warning, 'warning'),
  ].filter((part) => part !== false);
  return (
    <div class={`note ${tone}`} role="status">
      <p>
        <strong>{parts.length === 0 ? 'No problems found' : parts.join(', ')}.</strong> {countText(checks, 'check')} at{' '}
        {clockText(at)} (UTC).
      </p>
    </div>
  );
}
