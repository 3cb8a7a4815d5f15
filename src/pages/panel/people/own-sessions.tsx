// The user's sessions, ended one by one or all at once. Where each was started is not stored.
import { useState } from 'preact/hooks';
import type { Session } from '../../../protocol/control/access-api.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loaded } from '../parts/page.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { useMe } from '../session/session.tsx';
import { countText } from '../words.ts';

export function OwnSessions() {
  const { signOut } = useMe();
  const sessions = useRemote<{ sessions: readonly Session[] }>('access', '/v1/sessions');
  const refresh = useRefresh();
  const [asking, setAsking] = useState(false);
  const end = useAct(async (id: string) => {
    await callPanel('access', `/v1/sessions/${id}`, { method: 'DELETE' });
    await refresh('access');
  });
  const endAll = useAct(async () => {
    await callPanel('access', '/v1/sessions', { method: 'DELETE' });
    await signOut();
  });
  const endCell = ({ id, current }: Session) =>
    current ? (
      <strong>This session</strong>
    ) : (
      <button type="button" class="small" aria-disabled={end.busy} onClick={() => void end.run(id)}>
        End session
      </button>
    );
  return (
    <section class="first-is-labelled" aria-labelledby="sessions-heading">
      <h2 id="sessions-heading">Your sessions</h2>
      <RejectionNote rejection={end.rejection} />
      <Loaded of={sessions}>
        {(data) => (
          <DataTable
            caption="Active sessions"
            hideCaption
            rows={data.sessions}
            keyOf={({ id }) => id}
            columns={[
              { head: 'Signed in', cell: ({ createdAt }) => <Moment at={createdAt} /> },
              { head: 'Last used', cell: ({ lastUsedAt }) => <Moment at={lastUsedAt} /> },
              { head: 'Expires', cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
              { head: 'Action', cell: endCell },
            ]}
          />
        )}
      </Loaded>
      <p class="hint">“Last used” is accurate to 15 minutes.</p>
      <div class="acts">
        <button type="button" class="danger" onClick={() => setAsking(true)}>
          Sign out everywhere
        </button>
      </div>
      {asking && (
        <ConfirmDialog
          title="Sign out everywhere"
          act={endAll}
          actLabel="Sign out everywhere"
          danger
          onClose={() => setAsking(false)}
        >
          <p>
            This ends{' '}
            {sessions.data === undefined ? 'all your sessions' : countText(sessions.data.sessions.length, 'session')},
            including this one. Programs that use your account must sign in again.
          </p>
        </ConfirmDialog>
      )}
    </section>
  );
}
