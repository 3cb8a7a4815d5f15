// Looks from time to time whether the election has changed while its page is open: voting opens, is extended, or ends. It
// asks for the public document only, which says nothing of who asks.
import type { ElectionDocument, PublicElection } from '../../protocol/public-document.ts';
import { call } from '../shared/calls.ts';
import { jitterMs, onReturn } from '../shared/pauses.ts';

/** Between two looks, in milliseconds, and by how much more at random, so that pages do not ask together. */
const lookMs = 45_000;
const spreadMs = 30_000;

export function watchElection(
  electionId: string,
  changed: (election: PublicElection) => void,
  over: AbortSignal,
): void {
  let last = Date.now();
  const look = async (): Promise<void> => {
    last = Date.now();
    if (document.visibilityState !== 'visible') return;
    const path = `/v1/elections/${encodeURIComponent(electionId)}`;
    const outcome = await call<ElectionDocument>('GET', path, { signal: over });
    if (outcome.kind === 'answer' && !over.aborted) changed(outcome.value.election);
  };
  const next = (): void => {
    timer = setTimeout(() => void look().finally(next), lookMs + jitterMs(0, spreadMs, spreadMs));
  };
  let timer: ReturnType<typeof setTimeout>;
  next();
  over.addEventListener('abort', () => clearTimeout(timer));
  // A page that was away may be hours behind.
  onReturn(() => Date.now() - last > lookMs && void look(), over);
}
