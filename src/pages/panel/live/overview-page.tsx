// The start page: for administrators and auditors what needs attention and what is open, for officials the uploads of
// paper ballots. It reads only what the role may read, and no count by option.
import { hasRole, useMe } from '../session/session.tsx';
import { OfficialOverview } from './official-overview.tsx';
import { ReadersOverview } from './readers-overview.tsx';

export function OverviewPage() {
  const me = useMe();
  return hasRole(me, 'official') ? <OfficialOverview /> : <ReadersOverview />;
}
