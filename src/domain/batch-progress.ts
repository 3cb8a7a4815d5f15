// The progress of a batch of paper ballots, from the ledger's counts and whether its rows are still in the queue.

/** `incomplete`: rows are missing and no worker has them. */
export const batchStates = ['queued', 'checking', 'done', 'incomplete'] as const;
export type BatchState = (typeof batchStates)[number];

export type BatchCounts = { readonly rows: number; readonly checked: number };

export function batchState({ rows, checked }: BatchCounts, waitsInQueue: boolean): BatchState {
  if (checked === rows) return 'done';
  if (!waitsInQueue) return 'incomplete';
  return checked === 0 ? 'queued' : 'checking';
}
