// The notices of the person who is signed in. The addresses are those of the overview, which so reads them only once.
import type { User } from '../../../protocol/control/access-api.ts';
import type { ElectionSummary } from '../../../protocol/control/elections-api.ts';
import type { Batch } from '../../../protocol/control/officials-api.ts';
import { useNow } from '../live/updates.tsx';
import { useWaitingCount } from '../proposals/use-proposals.ts';
import { useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';
import { overviewPaths } from './overview-paths.ts';
import { noticesOf } from './panel-notices.ts';
import type { PanelNotice } from './panel-notices.ts';

/** Time between two readings, in milliseconds. */
const noticesEveryMs = 60_000;

type Elections = { readonly elections: readonly ElectionSummary[] };
type Users = { readonly users: readonly User[]; readonly next: string | null };

export function useNotices(): readonly PanelNotice[] {
  const me = useMe();
  const administers = hasRole(me, 'administrator');
  const every = { everyMs: noticesEveryMs };
  const open = useRemote<Partial<Elections>>('elections', overviewPaths.open, every);
  const closed = useRemote<Partial<Elections>>('elections', administers ? overviewPaths.closed : null, every);
  const batches = useRemote<{ batches?: readonly Batch[] }>('officials', overviewPaths.batches, every);
  const users = useRemote<Partial<Users>>('access', administers ? overviewPaths.waitingUsers : null, every);
  const proposals = useWaitingCount();
  // The reading itself does not say when an hour is left.
  const nowMs = useNow(noticesEveryMs);
  return noticesOf({
    nowMs,
    administers,
    reads: hasRole(me, 'administrator', 'auditor'),
    proposals,
    open: open.data?.elections ?? [],
    ended: closed.data?.elections ?? [],
    batches: batches.data?.batches ?? [],
    waiting: { users: users.data?.users ?? [], more: (users.data?.next ?? null) !== null },
  });
}
