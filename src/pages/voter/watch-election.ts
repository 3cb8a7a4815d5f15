// Polls whether the election has changed while its page is open: voting opens, is extended, or ends. It requests the
// public document only, so the request reveals nothing about the voter.
import type { ElectionDocument, PublicElection } from '../../protocol/public-document.ts';
import { call } from '../shared/calls.ts';
import { jitterMs, onReturn } from '../shared/pauses.ts';

/** Pause between two polls, in milliseconds, and the random addition, so that pages do not poll at the same time. */
const pollMs = 45_000;
const spreadMs = 30_000;
/** Pause before each of the polls that a rejection causes, in milliseconds, and how many they are. */
const soonMs = 3_000;
const soonPollsMax = 5;

/** Returns a function that polls soon and a few times: `ballots` may know of a change before `api` does. */
export function watchElection(
  electionId: string,
  changed: (election: PublicElection) => void,
  over: AbortSignal,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Date.now();
  const poll = async (): Promise<void> => {
    last = Date.now();
    if (document.visibilityState !== 'visible') return;
    const path = `/v1/elections/${encodeURIComponent(electionId)}`;
    const outcome = await call<ElectionDocument>('GET', path, { signal: over });
    if (outcome.kind === 'answer' && !over.aborted) changed(outcome.value.election);
  };
  let soon = 0;
  const next = (): void => {
    clearTimeout(timer);
    soon -= 1;
    timer = setTimeout(() => void poll().finally(next), soon < 0 ? pollMs + jitterMs(0, spreadMs, spreadMs) : soonMs);
  };
  next();
  over.addEventListener('abort', () => clearTimeout(timer));
  // A page that was hidden may be hours behind.
  onReturn(() => Date.now() - last > pollMs && void poll(), over);
  return () => {
    soon = soonPollsMax;
    next();
  };
}
