// Measures how long a condition has lasted, so that short-lived conditions raise no alarm. The state is in this process
// only, and is forgotten without polls.
import { isWithin } from '../../../platform/clock.ts';
import type { Clock } from '../../../platform/clock.ts';

/** Longest gap between two polls of a lasting condition, in milliseconds. */
const gapMsMax = 30_000;
/** Most conditions in memory. */
const thingsMax = 2_000;

/** Records that a condition holds now. Returns for how long every poll has found it, in milliseconds. */
export type SustainedMs = (thing: string) => number;

export function createSustained(clock: Clock): SustainedMs {
  const spans = new Map<string, { readonly sinceMs: number; readonly lastMs: number }>();
  return (thing) => {
    const now = clock();
    const before = spans.get(thing);
    const goesOn = before !== undefined && isWithin(now, before.lastMs, gapMsMax + 1);
    const sinceMs = goesOn ? before.sinceMs : now;
    // Insertion order is poll order, so the first entry is the oldest.
    spans.delete(thing);
    spans.set(thing, { sinceMs, lastMs: now });
    const [oldest] = spans.size > thingsMax ? spans.keys() : [];
    if (oldest !== undefined) spans.delete(oldest);
    return now - sinceMs;
  };
}
