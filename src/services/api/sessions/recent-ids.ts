// Recent ids in this process, limited and in memory only: random ids of sessions, and nothing else.

/** Ids that are certainly remembered. At most twice as many are in memory. */
const idsMax = 20_000;

export type RecentIds = {
  /** Whether an id is new, as far as this process remembers. */
  isNew(id: string): boolean;
};

export function createRecentIds(limit = idsMax): RecentIds {
  let recent = new Set<string>();
  let older = new Set<string>();
  return {
    isNew(id) {
      if (recent.has(id) || older.has(id)) return false;
      // The older half is dropped at once, so that no timer is needed and no times are stored.
      if (recent.size >= limit) [recent, older] = [new Set(), recent];
      recent.add(id);
      return true;
    },
  };
}
