// The clock as a value, so that tests can set it. It is for lifetimes, limits and display. The database alone decides
// whether voting is open. A clock can be set back or ahead at any moment, so a comparison with it has two sides: a moment
// of the future is never fresh. Time that passes inside a process is measured by `performance.now()`, which is not set.

/** Milliseconds since the epoch. */
export type Clock = () => number;
/** The clock of this machine. A service reads it through `service-time.ts`. */
export const systemClock: Clock = () => Date.now();

/**
 * Two clocks that differ by more are a fault, in milliseconds. Two services that each differ by less from one reference
 * differ by less from each other than caller tokens forgive (30 seconds).
 */
export const clockDifferenceMsMax = 10_000;

/**
 * Whether `sinceMs` is at most `msMax` milliseconds ago, and not in the future: there it may be by `aheadMsMax`, because
 * two clocks differ.
 */
export function isWithin(nowMs: number, sinceMs: number, msMax: number, aheadMsMax = 0): boolean {
  const ageMs = nowMs - sinceMs;
  return ageMs >= -aheadMsMax && ageMs < msMax;
}

/**
 * By how many milliseconds another clock is ahead of ours, or behind it (negative). The other was read between `askedMs`
 * and `answeredMs` of ours, and only what this wait does not explain is a difference.
 */
export function clockAheadMs(otherMs: number, askedMs: number, answeredMs: number): number {
  return Math.max(0, otherMs - answeredMs) - Math.max(0, askedMs - otherMs);
}
