// Whether elections may overlap: the one setting of the service. Administrators change it, auditors read it.
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
    return <p class="muted">{oneAtATime ? 'Elections may not overlap.' : 'Elections may overlap.'}</p>;
  }
  return (
    <section aria-labelledby="one-at-a-time">
      <h2 id="one-at-a-time">Overlapping elections</h2>
      <RejectionNote rejection={act.rejection} />
      <CheckField
        label="Do not allow overlapping elections"
        hint="You cannot announce an election that overlaps another. Rehearsals may overlap."
        checked={oneAtATime}
        onValue={(value) => void act.run(value)}
      />
    </section>
  );
}
