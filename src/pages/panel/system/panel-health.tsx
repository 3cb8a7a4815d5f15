// The panel's own health: whether it reaches the three services behind it, from its /readyz.
import { useQuery } from '@tanstack/preact-query';
import { fetchJson } from '../calls.ts';
import type { Refused } from '../calls.ts';
import { StateTag } from '../parts/state-tag.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';

type Ready = { readonly checks: readonly { readonly name: string; readonly state: 'ok' | 'failed' }[] };

const service = 'panel';

export function PanelHealth() {
  const { data, error } = useQuery<{ ready: Ready; version: string }, Refused>({
    // Read again together with the services.
    queryKey: ['elections', 'panel-health'],
    queryFn: async ({ signal }) => {
      const [ready, version] = await Promise.all([
        fetchJson<Ready>('/readyz', { signal }),
        fetchJson<{ version: string }>('/version', { signal }),
      ]);
      return { ready: ready.data, version: version.data.version };
    },
  });
  return (
    <section class="report" aria-labelledby="service-panel">
      <h2 id="service-panel">
        {service}{' '}
        {data && <StateTag state={data.ready.checks.every(({ state }) => state === 'ok') ? 'ok' : 'failed'} />}
      </h2>
      <RejectionNote rejection={error} takesFocus={false} />
      {data && (
        <>
          <p class="muted">version {data.version} · serves this page</p>
          <ul class="plain">
            {data.ready.checks.map(({ name, state }) => (
              <li key={name}>
                {state === 'ok' ? `${name} responds.` : `${name} does not respond. Start it, or correct its address.`}{' '}
                <StateTag state={state} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
