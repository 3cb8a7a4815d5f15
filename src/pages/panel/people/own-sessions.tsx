// My sessions: where I am signed in, ended one by one or all at once. From where each was begun is kept nowhere.
import { useState } from 'preact/hooks';
import type { Session } from '../../../protocol/control/access-api.ts';
import { callPanel } from '../calls.ts';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { Loaded } from '../parts/page.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { ownZone } from '../session/own-zone.ts';
import { useMe } from '../session/session.tsx';

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
      <strong>This one</strong>
    ) : (
      <button type="button" class="small" aria-disabled={end.busy} onClick={() => void end.run(id)}>
        End it
      </button>
    );
  return (
    <section class="first-is-labelled" aria-labelledby="sessions-heading">
      <h2 id="sessions-heading">Where you are signed in</h2>
      <RejectionNote rejection={end.rejection} />
      <Loaded of={sessions}>
        {(data) => (
          <DataTable
            caption="Your sessions"
            hideCaption
            rows={data.sessions}
            keyOf={({ id }) => id}
            columns={[
              { head: 'Signed in', cell: ({ createdAt }) => <Moment at={createdAt} zone={ownZone} /> },
              { head: 'Last used', cell: ({ lastUsedAt }) => <Moment at={lastUsedAt} zone={ownZone} /> },
              { head: 'Ends by itself', cell: ({ expiresAt }) => <Moment at={expiresAt} zone={ownZone} /> },
              { head: 'End', cell: endCell },
            ]}
          />
        )}
      </Loaded>
      <p class="hint">“Last used” is exact to a quarter of an hour.</p>
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
            Ends {sessions.data === undefined ? 'all' : sessions.data.sessions.length} of your sessions at once, this
            one too. Programs that use your account need a new login.
          </p>
        </ConfirmDialog>
      )}
    </section>
  );
}
