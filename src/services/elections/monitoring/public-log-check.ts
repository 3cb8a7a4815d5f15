// Whether the public log of an election is written, and its checkpoints are cosigned and published.
import type { ReadinessCheck } from '../../../protocol/control/live-api.ts';
import { isOfPublicLog } from '../../../domain/record/log-findings.ts';
import type { SystemAnswer } from '../../../protocol/control/system-api.ts';
import { ok, quotedMax, warning } from './readiness-checks.ts';

/** From the findings of `log`, and those of `herald`, which `api` reports. */
export function publicLogCheck({ services, silent }: SystemAnswer): ReadinessCheck {
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
