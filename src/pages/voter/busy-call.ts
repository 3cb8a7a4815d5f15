// A call of a session that is repeated while the service is busy, as casts are, within bounds. The voter presses once.
import { answerMsMax, call } from '../shared/calls.ts';
import type { Call, Outcome } from '../shared/calls.ts';
import { jitterMs, pause } from '../shared/pauses.ts';
import type { VoterApp } from './app.ts';

/** Pause between two tries beside Retry-After, in milliseconds: the first and the longest. */
const pauseMsFirst = 1_000;
const pauseMsMax = 8_000;
/** Longest time for all tries, the calls included, in milliseconds. Then the voter decides. */
const busyMsMax = 60_000;

/** `report` shows the voter that the page tries again. Ends with the last outcome. */
export async function busyCall<T>(
  app: VoterApp,
  report: (text: string) => void,
  path: string,
  options: Call,
): Promise<Outcome<T>> {
  const endMs = Date.now() + busyMsMax - answerMsMax;
  for (let failures = 1; ; failures += 1) {
    const outcome = await call<T>('POST', path, options);
    if (outcome.kind !== 'rejection') return outcome;
    const { retry, recorded, retryAfterSeconds } = outcome.rejection;
    const serverMs = retryAfterSeconds * 1_000;
    const waitMs = jitterMs(failures, pauseMsFirst, pauseMsMax);
    if (retry !== 'same-bytes' || recorded !== 'no' || Date.now() + serverMs + waitMs > endMs) return outcome;
    const text = app.t('busyWaiting');
    report(text);
    if (failures === 1) app.announce(text);
    await pause(waitMs, app.exit, serverMs);
    if (app.exit.aborted) return outcome;
  }
}
