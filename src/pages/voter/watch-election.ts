// Polls whether the election has changed while its page is open: voting opens, is extended, or ends. It requests the
// public document only, so the request reveals nothing about the voter.
import type { ElectionDocument, PublicElection } from '../../protocol/public-document.ts';
import { call } from '../shared/calls.ts';
import { jitterMs, onReturn } from '../shared/pauses.ts';

/** Pause between two polls, in milliseconds, and the random addition, so that pages do not poll at the same time. */
const pollMs = 45_000;
const spreadMs = 30_000;

export function watchElection(
  electionId: string,
  changed: (election: PublicElection) => void,
  over: AbortSignal,
): void {
  let last = Date.now();
  const poll = async (): Promise<void> => {
    last = Date.now();
    if (document.visibilityState !== 'visible') return;
    const path = `/v1/elections/${encodeURIComponent(electionId)}`;
    const outcome = await call<ElectionDocument>('GET', path, { signal: over });
    if (outcome.kind === 'answer' && !over.aborted) changed(outcome.value.election);
  };
  const next = (): void => {
    timer = setTimeout(() => void poll().finally(next), pollMs + jitterMs(0, spreadMs, spreadMs));
  };
  let timer: ReturnType<typeof setTimeout>;
  next();
  over.addEventListener('abort', () => clearTimeout(timer));
  // A page that was hidden may be hours behind.
  onReturn(() => Date.now() - last > pollMs && void poll(), over);
}
