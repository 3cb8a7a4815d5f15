// One slot for each attempt to cast. A cast that is sent again while the first is still under way joins it: it gets the
// same outcome, and adds no work. Their derived tags tell attempts apart, never a name.
import type { AnswerWaiter } from '../../platform/private-calls/call-deadline.ts';

/**
 * Time that must be left to the caller when a batch begins, in milliseconds: with less its answer would come too late, and
 * the outcome would be unknown to it.
 */
export const commitMsMin = 250;

type Attempt<Outcome> = { readonly outcome: Promise<Outcome>; readonly waiters: AnswerWaiter[] };

export type Attempts<Outcome> = {
  /** Joins the attempt of this key, or starts it. `isAwaited` tells whether one of all its callers still waits. */
  join(key: string, waiter: AnswerWaiter, start: (isAwaited: () => boolean) => Promise<Outcome>): Promise<Outcome>;
};

export function createAttempts<Outcome>(): Attempts<Outcome> {
  const underWay = new Map<string, Attempt<Outcome>>();
  return {
    join(key, waiter, start) {
      const existing = underWay.get(key);
      if (existing) {
        existing.waiters.push(waiter);
        return existing.outcome;
      }
      const waiters = [waiter];
      const outcome = start(() => waiters.some(({ waits }) => waits(commitMsMin))).finally(() => underWay.delete(key));
      underWay.set(key, { outcome, waiters });
      return outcome;
    },
  };
}
