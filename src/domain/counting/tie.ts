// Ties. Options that the votes cannot distinguish are reported as tied. The rules of the contest's law decide between
// them, and then only a recorded drawing of lots. Without such a rule the order of options on the ballot never does.
import type { TieRule } from './contest-law.ts';

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

/** How a rule of the law decided between equals, wholly or in part. */
export type TieDecision = {
  readonly rule: TieRule;
  /** By number on the ballot. */
  readonly tied: readonly string[];
  /** How many of them could win. */
  readonly places: number;
  /** Those that the rule made win. */
  readonly won: readonly string[];
  /** Those that it left equal, for the next rule or the lot. */
  readonly equal: readonly string[];
};

type Tied = { readonly optionId: string; readonly number: number; readonly votes: number };
export type RuledTie<Option extends Tied> = {
  readonly decisions: readonly TieDecision[];
  readonly won: readonly Option[];
  /** The options that are still equal, by number on the ballot, for fewer places; empty if the rules decided all. */
  readonly open: readonly Option[];
  readonly places: number;
};

const orders: Readonly<Record<TieRule, (a: Tied, b: Tied) => number>> = {
  'more-votes': (a, b) => b.votes - a.votes,
  'lower-number': (a, b) => a.number - b.number,
};

/** Decides between tied options, which come by number on the ballot and are more than the places, by rules in turn. */
export function decideByRules<Option extends Tied>(
  rules: readonly TieRule[],
  tied: readonly Option[],
  places: number,
): RuledTie<Option> {
  const decisions: TieDecision[] = [];
  const won: Option[] = [];
  let open = tied;
  let left = places;
  for (const rule of rules) {
    const order = orders[rule];
    const last = [...open].sort(order)[left - 1];
    if (last === undefined) break;
    const winners = open.filter((option) => order(option, last) < 0);
    const equal = open.filter((option) => order(option, last) === 0);
    if (equal.length === open.length) continue;
    const allWin = winners.length + equal.length === left;
    const decided = allWin ? open.filter((option) => order(option, last) <= 0) : winners;
    const rest = allWin ? [] : equal;
    decisions.push({ rule, tied: idsOf(open), places: left, won: idsOf(decided), equal: idsOf(rest) });
    won.push(...decided);
    left -= decided.length;
    open = rest;
  }
  return { decisions, won, open, places: left };
}

const idsOf = (options: readonly Tied[]): readonly string[] => options.map(({ optionId }) => optionId);

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
