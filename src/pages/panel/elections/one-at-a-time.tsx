// Whether elections may run side by side: the one setting of the service. Changed by administrators, read by auditors.
import { CheckField } from '../parts/field.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';
import { callPanel } from '../calls.ts';
import { useAct, useRefresh, useRemote } from '../remote.ts';
import { hasRole, useMe } from '../session/session.tsx';

type Settings = { readonly oneAtATime: boolean };

export function OneAtATime() {
  const me = useMe();
  const refresh = useRefresh();
  const settings = useRemote<Settings>('elections', hasRole(me, 'administrator', 'auditor') ? '/v1/settings' : null);
  const act = useAct(async (oneAtATime: boolean) => {
    await callPanel('elections', '/v1/settings', { method: 'PATCH', body: { oneAtATime } });
    await refresh('elections');
  });
  if (settings.data === undefined) return null;
  const { oneAtATime } = settings.data;
  if (!hasRole(me, 'administrator')) {
    return <p class="muted">{oneAtATime ? 'One election runs at a time.' : 'Elections may run at the same time.'}</p>;
  }
  return (
    <section aria-labelledby="one-at-a-time">
      <h2 id="one-at-a-time">Several at once</h2>
      <RejectionNote rejection={act.rejection} />
      <CheckField
        label="Only one election at a time"
        hint="An election that would run within the time of another is then refused. Rehearsals do not count."
        checked={oneAtATime}
        onValue={(wanted) => void act.run(wanted)}
      />
    </section>
  );
}
