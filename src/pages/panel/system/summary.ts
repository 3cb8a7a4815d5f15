// What the checks of all services say together. The overview and the system page both show this.
import type { ShownFinding, SystemAnswer } from '../../../protocol/control/system-api.ts';
import { countText, numberText } from '../words.ts';

/** A failed check or a warning, with the services that report it. */
export type SystemProblem = ShownFinding & { readonly services: readonly string[] };
type SystemSummary = {
  readonly tone: 'bad' | 'warn' | 'ok';
  /** Such as "1 failed, 2 warnings". */
  readonly text: string;
  /** All checks, those that passed too. */
  readonly checks: number;
  /** Failures first. Equal findings of several services are one. */
  readonly problems: readonly SystemProblem[];
  readonly silent: readonly string[];
};

export function summaryOf({ services, silent }: SystemAnswer): SystemSummary {
  const problems = new Map<string, SystemProblem>();
  for (const { service, findings } of services) {
    for (const finding of findings) {
      if (finding.state === 'ok') continue;
      const key = JSON.stringify([finding.state, finding.check, finding.observed, finding.next]);
      const others = problems.get(key)?.services ?? [];
      problems.set(key, { ...finding, services: [...new Set([...others, service])] });
    }
  }
  const inState = (state: ShownFinding['state']): SystemProblem[] =>
    [...problems.values()].filter((problem) => problem.state === state);
  const failed = inState('failed');
  const warnings = inState('warning');
  const parts = [
    failed.length > 0 && `${numberText(failed.length)} failed`,
    silent.length > 0 &&
      `${numberText(silent.length)} ${silent.length === 1 ? 'service does' : 'services do'} not report`,
    warnings.length > 0 && countText(warnings.length, 'warning'),
  ].filter((part) => part !== false);
  return {
    tone: failed.length + silent.length > 0 ? 'bad' : warnings.length > 0 ? 'warn' : 'ok',
    text: parts.length === 0 ? 'No problems found' : parts.join(', '),
    checks: services.reduce((sum, { findings }) => sum + findings.length, 0),
    problems: [...failed, ...warnings],
    silent: silent.map(({ service }) => service),
  };
}
