// What people should know about the publishing of the logs: for the health report of `herald`.
import type { Finding } from '../../protocol/control/system-api.ts';
import { NotPublishable } from './copy-tree.ts';
import type { PublishedState } from './publish-log.ts';

const service = 'herald';

export type PublishedLog = { readonly electionId: string; readonly state: PublishedState | NotPublishable };

export function logFindings(
  states: readonly PublishedLog[],
  isLate: (state: PublishedState) => boolean,
): readonly Finding[] {
  const refused: string[] = [];
  const late: string[] = [];
  const troubles = new Map<string, string>();
  for (const { electionId, state } of states) {
    if (state instanceof NotPublishable) {
      refused.push(`${electionId}: ${state.message}`);
      continue;
    }
    if (state.contradicted) refused.push(`${electionId}: a witness cosigned another tree`);
    else if (isLate(state)) late.push(`${electionId}: ${state.cosigned} of ${state.quorum} witnesses`);
    for (const [key, trouble] of state.troubles) troubles.set(key.replace(/\+.*$/, ''), trouble);
  }
  return [
    finding('published logs', refused, 'failed', 'Nothing more is published for these. Compare the folder of log.'),
    finding('witness quorum', late, 'failed', 'Ask the witnesses, or start theirs. Voting is not affected.'),
    finding(
      'witnesses',
      [...troubles].map(([name, trouble]) => `${name} ${trouble}`),
      'warning',
      'Ask those who run these witnesses, and compare HERALD_WITNESSES.',
    ),
  ];
}

const finding = (check: string, faults: readonly string[], worst: 'failed' | 'warning', next: string): Finding =>
  faults.length === 0
    ? { service, check, state: 'ok', observed: 'in order' }
    : { service, check, state: worst, observed: faults.join('; '), next };
