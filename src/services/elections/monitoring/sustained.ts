// How long something has been so, as far as those who look have seen: what is true for a moment while ballots move must
// not raise an alarm. Kept in this process alone, and forgotten when nobody looks.
import type { Clock } from '../../../platform/clock.ts';

/** Looks further apart than this do not show that something lasted, in milliseconds. */
const gapMsMax = 30_000;
/** Things that are remembered at once. */
const thingsMax = 2_000;

/** Says that something is so now, and returns for how long it was so at every look, in milliseconds. */
export type SustainedMs = (thing: string) => number;

export function createSustained(clock: Clock): SustainedMs {
  const spans = new Map<string, { readonly sinceMs: number; readonly lastMs: number }>();
  return (thing) => {
    const now = clock();
    const before = spans.get(thing);
    const goesOn = before !== undefined && now >= before.lastMs && now - before.lastMs <= gapMsMax;
    const sinceMs = goesOn ? before.sinceMs : now;
    // The one that was looked at last stands last: the first is the oldest.
    spans.delete(thing);
    spans.set(thing, { sinceMs, lastMs: now });
    const [oldest] = spans.size > thingsMax ? spans.keys() : [];
    if (oldest !== undefined) spans.delete(oldest);
    return now - sinceMs;
  };
}
