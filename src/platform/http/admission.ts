// The share of new work that a process admits. Where something is late the share falls, and where nothing is it rises
// again, so that what is admitted is what can be finished. The share changes little by little in both directions: work
// that is admitted now arrives at its later steps some time from now.

/** Least share: some are always let in, so that the end of the load is noticed. */
const shareMin = 0.05;
/** Largest changes of the share in one step, as factors. */
const fallMax = 0.7;
const riseMax = 1.1;
/** How much the share changes for a lateness that differs from its target. */
const gain = 0.2;

export type Admission = {
  /** Part of new work that is admitted, above 0 and at most 1. */
  readonly share: number;
  /** Corrects the share by how late work is, in parts of what it may be: 1 is on target. */
  adjust(lateness: number): void;
  /** Whether this new work is admitted. */
  admits(): boolean;
};

export function createAdmission(): Admission {
  let share = 1;
  // Even spacing instead of chance: at a third, every third is admitted.
  let credit = 0;
  let before = 0;
  return {
    get share() {
      return share;
    },
    adjust(lateness) {
      // What is late becomes less: it was admitted before the share fell, and is no reason to lower it further.
      const isFalling = lateness > 1 && lateness < before;
      before = lateness;
      if (isFalling) return;
      const factor = Math.min(riseMax, Math.max(fallMax, 1 + gain * (1 - lateness)));
      share = Math.min(1, Math.max(shareMin, share * factor));
    },
    admits() {
      credit = Math.min(1, credit) + share;
      if (credit < 1) return false;
      credit -= 1;
      return true;
    },
  };
}
