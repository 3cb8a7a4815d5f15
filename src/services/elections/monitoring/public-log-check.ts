// Whether the public log of an election is written, and its checkpoints are cosigned and published.
import type { ReadinessCheck } from '../../../protocol/control/live-api.ts';
import { isOfPublicLog } from '../../../domain/record/log-findings.ts';
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import type { ElectionManifest } from '../../../protocol/record/manifest.ts';
import { ok, quotedMax, warning } from './readiness-checks.ts';

/** From the manifest of the election, the findings of `log`, and those of `herald`, which `api` reports. */
export function publicLogCheck(
  { services, silent }: SystemAnswer,
  manifest: Pick<ElectionManifest, 'log' | 'rehearsal'> | null,
): ReadinessCheck {
  if (!manifest) {
    const next = 'Set ELECTIONS_LOG_HOST of `elections`. An amendment of the election before its opening adds the log.';
    return warning('public-log', 'This election has no public log, so no one can verify it.', next);
  }
  const { host } = manifest.log;
  if (!manifest.rehearsal && isOfOneMachine(host)) {
    const next = 'Set ELECTIONS_LOG_HOST of `elections` to the host that voters open, and amend the election.';
    return warning('public-log', `The name of the public log begins with ${host}, which leads nowhere else.`, next);
  }
  const missing = silent.find(({ service }) => service === 'log');
  if (missing)
    return warning('public-log', 'No report from `log` for minutes: no receipt gets into the log.', missing.next);
  const faults = services
    .flatMap(({ service, findings }) => findings.filter(({ check }) => isOfPublicLog(service, check)))
    .filter(({ state }) => state !== 'ok');
  const [first] = faults;
  if (!first) return ok('public-log', 'The public log is written, and the witnesses answer.');
  const observed = faults.slice(0, quotedMax).map((fault) => `${fault.check}: ${fault.observed}.`);
  return warning('public-log', observed.join(' '), first.next ?? 'See the page System.');
}

/** Whether a host, with or without a port, names the machine of its reader. */
const isOfOneMachine = (host: string): boolean => /^(?:127\.|\[::1\]|(?:[a-z0-9-]+\.)*localhost(?::|$))/.test(host);
