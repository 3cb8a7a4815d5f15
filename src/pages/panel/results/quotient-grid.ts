// The quotients of a house as a table of divisors and lists: which of them won which seat. Pure; it only arranges what the
// results say.
import type { SeatCount } from './contest-view.ts';

type Option = SeatCount['options'][number];
export type Cell = {
  readonly optionId: string;
  readonly votes: number;
  /** tied: has the same claim as others to a seat that is not given; next: would have had one seat more. */
  readonly state: 'won' | 'tied' | 'next' | 'lost';
  /** Which seat it won; null where it won none, or one that the explanation leaves out. */
  readonly seat: number | null;
};
export type DivisorRow = { readonly divisor: number; readonly cells: readonly Cell[] };

/** Lists that share the seats, those with the most votes first. */
export function sharingLists({ options }: SeatCount): readonly Option[] {
  return options
    .filter(({ standing }) => standing === 'eligible')
    .sort((a, b) => b.votes - a.votes || a.number - b.number);
}

/** How many divisors there are to show: those that won, and the first that did not. */
export function divisorCount(count: SeatCount): number {
  return Math.max(0, ...sharingLists(count).map(({ seats }) => seats + 1));
}

/** The rows of divisors from place `from` (0 is the first divisor), at most `rows` of them, for the given lists. */
export function divisorRows(
  count: SeatCount,
  lists: readonly Option[],
  { from, rows }: { readonly from: number; readonly rows: number },
): readonly DivisorRow[] {
  const seatOf = new Map(count.steps.map(({ optionId, divisor, seat }) => [`${optionId} ${divisor}`, seat]));
  const next = new Set(count.nextSeat.map(({ optionId, divisor }) => `${optionId} ${divisor}`));
  const open = count.tie !== null && count.tie.lot === null;
  const total = Math.max(0, Math.min(rows, divisorCount(count) - from));
  return Array.from({ length: total }, (_, index) => {
    const place = from + index;
    const divisor = count.method === 'dhondt' ? place + 1 : 2 * place + 1;
    const cells = lists.map(({ optionId, votes, seats }): Cell => {
      const key = `${optionId} ${divisor}`;
      if (place < seats) return { optionId, votes, state: 'won', seat: seatOf.get(key) ?? null };
      const state = next.has(key) ? (open ? 'tied' : 'next') : 'lost';
      return { optionId, votes, state, seat: null };
    });
    return { divisor, cells };
  });
}
