// The facts of a tie: the tied options, the number of places, and how a drawing of lots decided it.
import { winnersByLot } from '../counting/tie.ts';
import type { Lot, Tie } from '../counting/tie.ts';

export type TieFacts = {
  /** Ids of the tied options, by number on the ballot. */
  readonly tied: readonly string[];
  /** Places that the tied options compete for. */
  readonly places: number;
  /** Null while the tie is open. */
  readonly decision: null | { readonly lot: Lot; readonly winners: readonly string[] };
};

/** Whether there is a tie that no drawing of lots has decided. */
export const isOpenTie = (tie: Tie | null): boolean => tie !== null && tie.lot === null;

/** Whether any contest of a result has an open tie. Until it is decided the result is not final. */
export const hasOpenTie = (contests: readonly { readonly tie: Tie | null }[]): boolean =>
  contests.some(({ tie }) => isOpenTie(tie));

export function tieFacts(tie: Tie | null): TieFacts | null {
  if (tie === null) return null;
  const { tied, seatsLeft, lot } = tie;
  return {
    tied,
    places: seatsLeft,
    decision: lot === null ? null : { lot, winners: [...winnersByLot(tie, lot)] },
  };
}
