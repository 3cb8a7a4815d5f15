// The phase of an election next to its preview, which shows a draft as if it were announced. For officials the preview
// is the only source about drafts.
import type { AdministeredElection } from '../../../protocol/control/elections-api.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { pathOf } from './draft/definition.ts';

export function usePhase({ id, phase }: PublicElection): AdministeredElection['phase'] {
  const readsDrafts = hasRole(useMe(), 'administrator', 'auditor');
  const { data } = useRemote<{ election: AdministeredElection }>('elections', readsDrafts ? pathOf(id) : null);
  return data?.election.phase ?? phase;
}
