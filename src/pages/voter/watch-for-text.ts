// Waits for the voter's text: a held-open request, asked again and again until there is an end. Phones kill requests when
// the messages program comes to the front, so every return to the page asks anew.
import type { SessionState } from '../../protocol/public-api.ts';
import { call, serverNow } from '../shared/calls.ts';
import { jitterMs, onReturn, pause } from '../shared/pauses.ts';

/** How long a request is held, in seconds, and when it is given up here, in milliseconds. */
const waitSeconds = 25;
const heldMsMax = 32_000;
/** Pause after a failure, in milliseconds: the first and the longest. */
const pauseMsFirst = 1_000;
const pauseMsMax = 15_000;

export type TextWatchState = 'pending' | 'wrong-sender' | 'wrong-code' | 'offline' | 'busy';
export type Verified = Extract<SessionState, { state: 'verified' }>;
export type End = { readonly kind: 'verified'; readonly session: Verified } | { readonly kind: 'expired' };

/** Resolves at an end, or never when the signal aborts before. */
export async function watchForText(
  session: { readonly token: string; readonly expiresAt: string },
  see: (seen: TextWatchState) => void,
  left: AbortSignal,
): Promise<End | null> {
  let failures = 0;
  let asking = new AbortController();
  onReturn(() => asking.abort(), left);
  addEventListener('offline', () => see('offline'), { signal: left });
  left.addEventListener('abort', () => asking.abort());
  while (!left.aborted) {
    const leftMs = Date.parse(session.expiresAt) - serverNow();
    if (leftMs <= 0) return { kind: 'expired' };
    asking = new AbortController();
    const seconds = Math.min(waitSeconds, Math.ceil(leftMs / 1_000));
    const path = `/v1/sessions/current?wait=${seconds}`;
    const outcome = await call<SessionState>('GET', path, {
      token: session.token,
      msMax: heldMsMax,
      signal: asking.signal,
    });
    if (left.aborted as boolean) return null;
    if (outcome.kind === 'answer') {
      failures = 0;
      if (outcome.value.state === 'verified') return { kind: 'verified', session: outcome.value };
      see(outcome.value.state);
      continue;
    }
    if (outcome.kind === 'rejection' && outcome.rejection.retry === 'new-session') return { kind: 'expired' };
    if (asking.signal.aborted) continue;
    see(outcome.kind === 'rejection' ? 'busy' : 'offline');
    failures += 1;
    const retryAfterMs = outcome.kind === 'rejection' ? outcome.rejection.retryAfterMs : 0;
    await pause(retryAfterMs + jitterMs(failures, pauseMsFirst, pauseMsMax), left);
  }
  return null;
}
