// Ties. Options that the votes cannot distinguish are reported as tied. Only a recorded drawing of lots decides between
// them; the order of options on the ballot never does.

/**
 * A drawing of lots that decided a tie: all tied options in the order of the drawing; the first ones win. `note` states
 * how, where and by whom the lots were drawn, and is part of the result.
 */
export type Lot = { readonly order: readonly string[]; readonly note: string };

export type Tie = {
  /** The ids of the tied options, by their number on the ballot: more of them than remaining seats. */
  readonly tied: readonly string[];
  /** How many of them can win: seats of a chamber, or 1 if there is one winner. */
  readonly seatsLeft: number;
  /** The lot that decided the tie; null while it is open. */
  readonly lot: Lot | null;
};

export type LotFault = 'no-tie' | 'unknown-option' | 'repeated-option' | 'missing-option';

/** The fault of a lot for this tie, or null. A lot orders each tied option once and no other. */
export function faultOfLot(tie: Tie | null, lot: Lot): LotFault | null {
  if (tie === null) return 'no-tie';
  const distinct = new Set(lot.order);
  if (lot.order.some((id) => !tie.tied.includes(id))) return 'unknown-option';
  if (distinct.size !== lot.order.length) return 'repeated-option';
  return distinct.size === tie.tied.length ? null : 'missing-option';
}

/** The options that win by a lot. Throws for an invalid lot, which the caller must reject before with `faultOfLot`. */
export function winnersByLot(tie: Tie, lot: Lot): ReadonlySet<string> {
  const fault = faultOfLot(tie, lot);
  if (fault !== null) throw new RangeError(`this lot does not decide this tie: ${fault}`);
  return new Set(lot.order.slice(0, tie.seatsLeft));
}
