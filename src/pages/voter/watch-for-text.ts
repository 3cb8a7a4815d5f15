// Waits for the voter's text message with a long-poll, which is repeated until there is an end. Phones abort requests
// when the messages program comes to the front, so every return to the page starts a new request.
import type { SessionState } from '../../protocol/public-api.ts';
import { call, serverNow } from '../shared/calls.ts';
import { jitterMs, onReturn, retryPause } from '../shared/pauses.ts';

/** How long the server may hold a request, in seconds, and when the page gives it up, in milliseconds. */
const waitSeconds = 25;
const requestMsMax = 32_000;
/** Pause after a failure, in milliseconds: the first and the longest. */
const pauseMsFirst = 1_000;
const pauseMsMax = 15_000;

export type TextWatchState = 'pending' | 'wrong-sender' | 'send-again' | 'offline' | 'busy';
export type Verified = Extract<SessionState, { state: 'verified' }>;
export type End =
  | { readonly kind: 'verified'; readonly session: Verified }
  | { readonly kind: 'texted' }
  | { readonly kind: 'expired' };

/** Resolves at an end, or with null when the signal aborts before. */
export async function watchForText(
  session: { readonly token: string; readonly expiresAt: string },
  onState: (state: TextWatchState) => void,
  exit: AbortSignal,
): Promise<End | null> {
  let failures = 0;
  let request = new AbortController();
  onReturn(() => request.abort(), exit);
  addEventListener('offline', () => onState('offline'), { signal: exit });
  exit.addEventListener('abort', () => request.abort());
  while (!exit.aborted) {
    const remainingMs = Date.parse(session.expiresAt) - serverNow();
    if (remainingMs <= 0) return { kind: 'expired' };
    request = new AbortController();
    const seconds = Math.min(waitSeconds, Math.ceil(remainingMs / 1_000));
    const path = `/v1/sessions/current?wait=${seconds}`;
    const outcome = await call<SessionState>('GET', path, {
      token: session.token,
      msMax: requestMsMax,
      signal: request.signal,
    });
    if (exit.aborted as boolean) return null;
    if (outcome.kind === 'answer') {
      failures = 0;
      const { value } = outcome;
      if (value.state === 'verified') return { kind: 'verified', session: value };
      if (value.state === 'texted') return { kind: 'texted' };
      onState(value.state);
      continue;
    }
    if (outcome.kind === 'rejection' && outcome.rejection.retry === 'new-session') return { kind: 'expired' };
    if (request.signal.aborted) continue;
    onState(outcome.kind === 'rejection' ? 'busy' : 'offline');
    failures += 1;
    await retryPause(outcome, jitterMs(failures, pauseMsFirst, pauseMsMax), exit);
  }
  return null;
}
