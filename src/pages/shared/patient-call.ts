// The first request of a page: repeated until there is an answer, because without one there is nothing to show. A busy
// service and a lost connection are temporary, so it needs no action of the voter.
import { call } from './calls.ts';
import type { Outcome } from './calls.ts';
import { jitterMs, retryPause } from './pauses.ts';

/** Pause between two tries, in milliseconds: the first and the longest. */
const pauseMsFirst = 2_000;
const pauseMsMax = 20_000;

/** Reports each failed try. Resolves with an answer or a permanent rejection. */
export async function patientCall<T>(path: string, failed: (kind: 'lost' | 'waiting') => void): Promise<Outcome<T>> {
  for (let failures = 1; ; failures += 1) {
    const outcome = await call<T>('GET', path, { first: true });
    if (outcome.kind === 'answer') return outcome;
    if (outcome.kind === 'rejection' && outcome.rejection.retry !== 'same-bytes') return outcome;
    failed(outcome.kind === 'rejection' ? 'waiting' : 'lost');
    await retryPause(outcome, jitterMs(failures, pauseMsFirst, pauseMsMax));
  }
}
