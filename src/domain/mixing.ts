// How many sealed ballots the mixer may move at once. With a batch smaller than K, an observer of both databases could
// match few voters with few ballots. So before the end neither the batch nor the remainder may be smaller than K.

/** Smallest batch outside rehearsals, in ballots. */
export const mixBatchMin = 50;
/** Largest batch, in ballots: bounds the memory and the transaction of one step. At least twice the largest K. */
export const mixBatchMax = 2_000;

/**
 * Ballots to move now, of `waiting` in the outbox. Before the end (`final` false) at least K are moved and at least K
 * remain, so that the last batch has at least K too; K = 1 mixes nothing and is for rehearsals. At the end everything
 * is moved.
 */
export function ballotsToMix(waiting: number, k: number, final: boolean): number {
  const reserve = final || k === 1 ? 0 : k;
  const free = waiting - reserve;
  if (!final && free < k) return 0;
  if (free <= mixBatchMax) return Math.max(free, 0);
  // At the end no ballot arrives any more: at least K remain for the next batch, so the last one is not small.
  return final ? Math.min(mixBatchMax, free - k) : mixBatchMax;
}
