// Deletes that can be undone: each is sent when its time is over, or when the page is left. Nothing here knows what is deleted.

/** How long a delete can be undone, in milliseconds. */
export const undoMs = 10_000;

/** Deletes that were begun together, and are undone together. */
export type DeletedGroup = { readonly key: number; readonly ids: readonly string[] };

/** The groups after another deletion. Of those before, what still waits can still be undone. */
export function groupsAfter(
  groups: readonly DeletedGroup[],
  ids: readonly string[],
  waiting: ReadonlySet<string>,
): readonly DeletedGroup[] {
  const before = groups
    .map((group) => ({ ...group, ids: group.ids.filter((id) => waiting.has(id)) }))
    .filter((group) => group.ids.length > 0);
  return ids.length > 1 ? [...before, { key: (groups.at(-1)?.key ?? 0) + 1, ids }] : before;
}

export type GraceDeletes = {
  readonly begin: (id: string) => void;
  readonly undo: (id: string) => void;
  /** Sends all that wait, without their time. */
  readonly leave: () => void;
};

export function createGraceDeletes({
  send,
  changed,
}: {
  readonly send: (id: string, leaving: boolean) => void;
  /** With those that wait. */
  readonly changed: (waiting: ReadonlySet<string>) => void;
}): GraceDeletes {
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const stop = (id: string): boolean => {
    clearTimeout(timers.get(id));
    return timers.delete(id);
  };
  const report = (): void => changed(new Set(timers.keys()));
  return {
    begin(id) {
      if (timers.has(id)) return;
      const over = (): void => {
        timers.delete(id);
        report();
        send(id, false);
      };
      timers.set(id, setTimeout(over, undoMs));
      report();
    },
    undo(id) {
      if (stop(id)) report();
    },
    leave() {
      const waiting = [...timers.keys()];
      for (const id of waiting) stop(id);
      if (waiting.length > 0) report();
      for (const id of waiting) send(id, true);
    },
  };
}
