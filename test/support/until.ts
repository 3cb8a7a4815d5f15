// Waits for a state that only asking can tell, such as a row in another process's database. Bounded, and never a sleep
// that hopes: it returns as soon as the state is there.
import { setTimeout as pause } from 'node:timers/promises';

const untilMsMax = 40_000;
const askEveryMs = 20;
/** After some time less often: what is awaited needs the processor too. */
const oftenMs = 1_000;
const askLaterMs = 50;

export async function until(
  holds: () => Promise<boolean> | boolean,
  what = 'the state',
  msMax = untilMsMax,
): Promise<void> {
  const startedMs = performance.now();
  while (!(await holds())) {
    const passedMs = performance.now() - startedMs;
    if (passedMs > msMax) throw new Error(`${what} was not reached within ${msMax} ms`);
    await pause(passedMs < oftenMs ? askEveryMs : askLaterMs);
  }
}
