// The quotients of a contest as a table of divisors and lists, with the seats that they won. It arranges the data of
// the count and computes no seat.
import { divisorAt } from '../counting/apportion.ts';
import type { SeatCount, SeatedOption } from '../counting/seat-count.ts';
import { divisorsOfCount } from './quotient-facts.ts';
import { isOpenTie } from './tie-facts.ts';

export type QuotientCell = {
  readonly optionId: string;
  readonly votes: number;
  /** tied: competes with others for a seat that is not assigned yet; next: would have won one more seat. */
  readonly state: 'won' | 'tied' | 'next' | 'lost';
  /** The seat that it won; null if it won none, or one that the explanation omits. */
  readonly seat: number | null;
};
/** `divisor` as in the count: in parts of the denominator of its first divisor. */
export type DivisorRow = { readonly divisor: number; readonly cells: readonly QuotientCell[] };

/** The number of divisors in the table: those that won, and the first that did not. */
export function divisorCount({ options }: SeatCount): number {
  const eligible = options.filter(({ standing }) => standing === 'eligible');
  return Math.max(0, ...eligible.map(({ seats }) => seats + 1));
}

/** The rows of divisors from place `from` (0 is the first divisor), at most `rows` of them, for these lists. */
export function divisorRows(
  count: SeatCount,
  lists: readonly SeatedOption[],
  { from, rows }: { readonly from: number; readonly rows: number },
): readonly DivisorRow[] {
  const seatOf = new Map(count.steps.map(({ optionId, divisor, seat }) => [`${optionId} ${divisor}`, seat]));
  const next = new Set(count.nextSeat.map(({ optionId, divisor }) => `${optionId} ${divisor}`));
  const open = isOpenTie(count.tie);
  const divisors = divisorsOfCount(count);
  const total = Math.max(0, Math.min(rows, divisorCount(count) - from));
  return Array.from({ length: total }, (_, index) => {
    const place = from + index;
    const divisor = divisorAt(divisors, place);
    const cells = lists.map(({ optionId, votes, seats }): QuotientCell => {
      const key = `${optionId} ${divisor}`;
      if (place < seats) return { optionId, votes, state: 'won', seat: seatOf.get(key) ?? null };
      const state = next.has(key) ? (open ? 'tied' : 'next') : 'lost';
      return { optionId, votes, state, seat: null };
    });
    return { divisor, cells };
  });
}
