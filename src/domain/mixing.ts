// How many sealed ballots the mixer may move at once. A batch smaller than K would let an observer of both databases
// match few voters with few ballots, so before the end neither the batch nor what stays behind may be smaller than K.

/** Smallest batch outside rehearsals, in ballots. */
export const mixBatchMin = 50;
/** Largest batch, in ballots: bounds the memory and the transaction of one step. At least twice the largest K. */
export const mixBatchMax = 2_000;

/**
 * Ballots to move now, of `waiting` in the outbox. Before the end (`final` false) at least K go and at least K stay, so
 * that the last batch joins at least K too; K = 1 mixes nothing and is for rehearsals. At the end everything goes.
 */
export function ballotsToMix(waiting: number, k: number, final: boolean): number {
  const reserve = final || k === 1 ? 0 : k;
  const free = waiting - reserve;
  if (!final && free < k) return 0;
  if (free <= mixBatchMax) return Math.max(free, 0);
  // At the end no ballot joins any more: at least K remain for the next batch, so the last one is no small remainder.
  return final ? Math.min(mixBatchMax, free - k) : mixBatchMax;
}
