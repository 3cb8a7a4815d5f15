// Waits for a state that only asking can tell, such as a row in another process's database. Bounded, and never a sleep
// that hopes: it returns as soon as the state is there.
import { setTimeout as pause } from 'node:timers/promises';

const untilMsMax = 40_000;
const askEveryMs = 20;

export async function until(
  holds: () => Promise<boolean> | boolean,
  what = 'the state',
  msMax = untilMsMax,
): Promise<void> {
  const deadline = performance.now() + msMax;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} was not reached within ${msMax} ms`);
    await pause(askEveryMs);
  }
}
