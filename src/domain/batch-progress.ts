// The progress of a batch of paper ballots, from the ledger's counts and whether its rows are still in the queue.

/** `received`: every row arrived, and a second official has to confirm them. `incomplete`: rows are missing and no worker has them. `withdrawn`: none of the rows counts. */
export const batchStates = ['queued', 'checking', 'received', 'done', 'incomplete', 'withdrawn'] as const;
export type BatchState = (typeof batchStates)[number];

export type BatchCounts = {
  readonly rows: number;
  readonly checked: number;
  readonly isWithdrawn: boolean;
  /** Whether it needs a confirmation that it does not have. */
  readonly isUnconfirmed: boolean;
};

export function batchState(
  { rows, checked, isWithdrawn, isUnconfirmed }: BatchCounts,
  waitsInQueue: boolean,
): BatchState {
  if (isWithdrawn) return 'withdrawn';
  if (checked === rows) return isUnconfirmed ? 'received' : 'done';
  if (!waitsInQueue) return 'incomplete';
  return checked === 0 ? 'queued' : 'checking';
}
