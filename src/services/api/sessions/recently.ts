// Remembers what this process saw lately, within a bound and in memory alone: random ids of sessions, and nothing else.

/** Ids that are remembered for certain; at most twice as many are held. */
const idsMax = 20_000;

export type Recently = {
  /** Whether an id is seen for the first time, as far as this process remembers. */
  isNew(id: string): boolean;
};

export function createRecently(bound = idsMax): Recently {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    isNew(id) {
      if (young.has(id) || old.has(id)) return false;
      // The older half goes at once: no timer, and no time of anybody is kept.
      if (young.size >= bound) [young, old] = [new Set(), young];
      young.add(id);
      return true;
    },
  };
}
