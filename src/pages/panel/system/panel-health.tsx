// The panel's own health: whether it reaches the three services behind it, as its /readyz says.
import { useQuery } from '@tanstack/preact-query';
import { fetchJson } from '../calls.ts';
import type { Refused } from '../calls.ts';
import { StateTag } from '../parts/state-tag.tsx';
import { RejectionNote } from '../parts/rejection-note.tsx';

type Ready = { readonly checks: readonly { readonly name: string; readonly state: 'ok' | 'failed' }[] };

export function PanelHealth() {
  const { data, error } = useQuery<{ ready: Ready; version: string }, Refused>({
    // Read anew with what the services say.
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
        panel {data && <StateTag state={data.ready.checks.every(({ state }) => state === 'ok') ? 'ok' : 'failed'} />}
      </h2>
      <RejectionNote rejection={error} />
      {data && (
        <>
          <p class="muted">version {data.version} · it shows you this page</p>
          <ul class="plain">
            {data.ready.checks.map(({ name, state }) => (
              <li key={name}>
                {state === 'ok' ? `It reaches ${name}.` : `It does not reach ${name}: start it, or mend its address.`}{' '}
                <StateTag state={state} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
