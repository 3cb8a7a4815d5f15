// How turnout grew: from samples to equal spans of time with what each added, for the drawing and the table. Pure. Turnout
// contains no choice.

export type Sample = { readonly at: string; readonly online: number; readonly batches: number };
export type Interval = {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Added within it. */
  readonly online: number;
  readonly batches: number;
  /** Until its end. */
  readonly onlineSoFar: number;
  readonly batchesSoFar: number;
};

/** Most intervals that are drawn and listed. */
export const intervalsMax = 36;

const minuteMs = 60_000;
/** Spans that people count in, in minutes. */
const spans = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080];

/** The shortest span with which the time fits into `intervalsMax`; in milliseconds. */
export function spanFor(fromMs: number, untilMs: number): number {
  const fits = (minutes: number): boolean => {
    const span = minutes * minuteMs;
    return Math.ceil(untilMs / span) - Math.floor(fromMs / span) <= intervalsMax;
  };
  return (spans.find(fits) ?? Math.ceil((untilMs - fromMs) / minuteMs / (intervalsMax - 1))) * minuteMs;
}

/** Intervals on whole spans that cover the time. What happened before it is in the first number so far. */
export function turnoutIntervals(samples: readonly Sample[], fromMs: number, untilMs: number): readonly Interval[] {
  const span = spanFor(fromMs, Math.max(untilMs, fromMs + 1));
  const intervals: Interval[] = [];
  let place = 0;
  let online = 0;
  let batches = 0;
  const readUntil = (ms: number): void => {
    for (let next = samples[place]; next !== undefined && Date.parse(next.at) < ms; next = samples[place]) {
      ({ online, batches } = next);
      place += 1;
    }
  };
  const first = Math.floor(fromMs / span) * span;
  readUntil(first);
  for (let start = first; start < Math.max(untilMs, fromMs + 1); start += span) {
    const onlineBefore = online;
    const batchesBefore = batches;
    readUntil(start + span);
    intervals.push({
      fromMs: start,
      untilMs: start + span,
      // A number that went back, as after a database was set back, adds nothing.
      online: Math.max(0, online - onlineBefore),
      batches: Math.max(0, batches - batchesBefore),
      onlineSoFar: online,
      batchesSoFar: batches,
    });
  }
  return intervals;
}

/** Round numbers from 0 to at least `most`: at most five of them. */
export function ticksUpTo(most: number): readonly number[] {
  const top = Math.max(1, most);
  const size = 10 ** Math.floor(Math.log10(top));
  const step = [size / 10, size / 5, size / 4, size / 2, size, 2 * size, 5 * size].find(
    (each) => Number.isInteger(each) && top / each <= 4,
  );
  const by = step ?? Math.ceil(top / 4);
  return Array.from({ length: Math.ceil(top / by) + 1 }, (_, index) => index * by);
}
