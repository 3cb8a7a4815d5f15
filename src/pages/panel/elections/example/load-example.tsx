// The button that creates the example and leads to it.
import { useLocation } from 'wouter-preact';
import { callPanel } from '../../calls.ts';
import { RejectionNote } from '../../parts/rejection-note.tsx';
import { useAct, useRefresh } from '../../remote.ts';
import { ownZone } from '../../session/own-zone.ts';
import { addressOf } from '../draft/definition.ts';
import { exampleElection } from './example-election.ts';

export function LoadExample() {
  const [, go] = useLocation();
  const refresh = useRefresh();
  const act = useAct(async () => {
    // Examples of the same millisecond are one: the second is a conflict.
    const now = Date.now();
    const id = `example-${now.toString(36)}`;
    await callPanel('elections', '/v1/elections', { method: 'POST', body: exampleElection(id, ownZone, now) });
    await refresh('elections');
    go(addressOf(id));
  });
  return (
    <>
      <RejectionNote rejection={act.rejection} />
      <p>
        <button type="button" aria-disabled={act.busy} onClick={() => void act.run()}>
          Load an example
        </button>{' '}
        <span class="muted">A complete rehearsal with three contests, as a draft. Announce it and vote in it.</span>
      </p>
    </>
  );
}
