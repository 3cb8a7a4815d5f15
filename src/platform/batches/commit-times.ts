// How long commits take, for the Retry-After of rejected work.

/** Weight of the latest commit in the mean time of a commit. */
const latestWeight = 0.2;

export type CommitTimes = {
  /** Notes the begin of a commit. The returned function notes its end. */
  began(): () => void;
  /** How long so many batches will take, in milliseconds. */
  expectedMs(batches: number): number;
};

export function createCommitTimes(inFlightMax: number): CommitTimes {
  const underWay = new Set<{ readonly atMs: number }>();
  let meanMs = 0;
  return {
    began() {
      const commit = { atMs: performance.now() };
      underWay.add(commit);
      return () => {
        underWay.delete(commit);
        meanMs += latestWeight * (performance.now() - commit.atMs - meanMs);
      };
    },
    expectedMs(batches) {
      // One that has not ended yet may be the longest of all.
      const [oldest] = underWay;
      const oneMs = Math.max(meanMs, oldest ? performance.now() - oldest.atMs : 0);
      return (batches * oneMs) / inFlightMax;
    },
  };
}
