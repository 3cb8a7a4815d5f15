// The number of findings in each state.
import type { ShownFinding } from '../../../protocol/control/system-api.ts';

export function countStates(findings: readonly ShownFinding[]): Record<ShownFinding['state'], number> {
  const counts = { ok: 0, warning: 0, failed: 0 };
  for (const { state } of findings) counts[state] += 1;
  return counts;
}
