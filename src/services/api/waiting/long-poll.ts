// One pending long-poll: its session, its response and what it was last answered.
import type { TextedSession } from '../sessions/session-steps.ts';
import type { LongPollResponse } from './long-poll-response.ts';
import type { Watched } from './text-proof.ts';
import type { Hint } from './verification-state.ts';

/** A session with a long-poll. `codeTag` is set only if it waits for a text. */
export type PollingSession = TextedSession;

export class LongPoll {
  readonly session: PollingSession;
  readonly answer: LongPollResponse;
  state: 'pending' | Hint = 'pending';
  endsAtMs: number;
  tick = 0;
  constructor(session: PollingSession, answer: LongPollResponse, waitMs: number) {
    this.session = session;
    this.answer = answer;
    this.endsAtMs = performance.now() + waitMs;
  }
}

/** The body of a state without a token. */
export const stateText = (state: 'pending' | Hint): string => JSON.stringify({ state });
export const pendingText = stateText('pending');

/** What is read for each of them that waits for a text. */
export function watchedOf(polls: readonly LongPoll[]): Watched[] {
  return polls.flatMap(({ session: { phoneKey, codeTag, startedAtMs } }) =>
    codeTag === undefined ? [] : { phoneKey, codeTag, startedAtMs },
  );
}
