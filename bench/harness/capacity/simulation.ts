// What voters feel when a platform has a given capacity: second by second they come, wait in turn, and are served. No one
// gives up, which is what a refused voter does who tries again until it works.

export type Felt = {
  /** Most voters who wait at once. */
  readonly waitingMax: number;
  /** Longest wait, in seconds. */
  readonly waitMaxSeconds: number;
  /** The second in which the last voter is served. */
  readonly finishedSeconds: number;
};

/** Longest simulation, in seconds: a week. */
const simulatedSecondsMax = 604_800;

/** `arrivals` has the voters of each second. First come, first served. */
export function simulateRush(arrivals: readonly number[], votesPerSecond: number): Felt {
  if (!(votesPerSecond > 0)) throw new Error('A capacity is above 0.');
  let waiting = 0;
  let waitingMax = 0;
  let waitMaxSeconds = 0;
  for (let second = 0; second < simulatedSecondsMax; second += 1) {
    waiting += arrivals[second] ?? 0;
    // Who comes last in this second is served after everyone who waits.
    if ((arrivals[second] ?? 0) > 0) waitMaxSeconds = Math.max(waitMaxSeconds, waiting / votesPerSecond);
    waitingMax = Math.max(waitingMax, waiting);
    waiting = Math.max(0, waiting - votesPerSecond);
    if (waiting === 0 && second >= arrivals.length - 1) {
      return { waitingMax, waitMaxSeconds, finishedSeconds: second + 1 };
    }
  }
  return { waitingMax, waitMaxSeconds, finishedSeconds: Infinity };
}

/** The same number in each second. */
export const evenArrivals = (voters: number, seconds: number): number[] =>
  Array.from({ length: seconds }, () => voters / seconds);

/** A day on which voting is open for so many hours: few at its beginning and end, twice the mean at its middle. */
export function dayArrivals(voters: number, openHours: number): number[] {
  const seconds = openHours * 3_600;
  return Array.from(
    { length: seconds },
    (_, second) => (2 * voters * Math.sin((Math.PI * second) / seconds) ** 2) / seconds,
  );
}
