// Equals of which not all can win: the rules of the law decide in their order, then a lot that people drew.
import type { OrderRule } from '../documents/contest-document.ts';

export type EqualOption = { readonly id: string; readonly number: number; readonly votes: bigint };
export type RuleDecision = {
  readonly rule: OrderRule;
  readonly tied: readonly string[];
  readonly places: number;
  readonly winners: readonly string[];
  readonly equal: readonly string[];
};
export type OpenTie = { readonly tied: readonly string[]; readonly seatsLeft: number };
export type BrokenTie = {
  /** Those that won by a rule or by the lot. */
  readonly winners: readonly string[];
  readonly decisions: readonly RuleDecision[];
  /** What the rules left equal; null if they decided all. It stays here when a lot decided it. */
  readonly tie: OpenTie | null;
  /** Whether no lot decided the tie. */
  readonly open: boolean;
};

const numbered = (options: readonly EqualOption[]): string[] =>
  [...options].sort((a, b) => a.number - b.number).map(({ id }) => id);

/** Decides between `equals` for `places`, which are fewer. A lot that does not order exactly the tied options is none. */
export function breakTie(
  equals: readonly EqualOption[],
  places: number,
  rules: readonly OrderRule[],
  lot: readonly string[] | null,
): BrokenTie {
  let rest = equals;
  let free = places;
  const winners: string[] = [];
  const decisions: RuleDecision[] = [];
  for (const rule of rules) {
    if (free === 0 || rest.length <= free) break;
    const { first, equal } = splitBy(rule, rest, free);
    if (equal.length < rest.length) {
      const decided = { rule, tied: numbered(rest), places: free, winners: numbered(first), equal: numbered(equal) };
      decisions.push(decided);
    }
    winners.push(...numbered(first));
    free -= first.length;
    rest = equal;
  }
  if (free === 0 || rest.length === 0) return { winners, decisions, tie: null, open: false };
  const tie = { tied: numbered(rest), seatsLeft: free };
  if (lot === null || [...lot].sort().join() !== [...tie.tied].sort().join())
    return { winners, decisions, tie, open: true };
  return { winners: [...winners, ...lot.slice(0, free)], decisions, tie, open: false };
}

/** Of options that a rule orders: those that surely win, and those that are equal for the places that remain. */
function splitBy(rule: OrderRule, options: readonly EqualOption[], places: number) {
  const before = (a: EqualOption, b: EqualOption): boolean =>
    rule === 'more-votes' ? a.votes > b.votes : a.number < b.number;
  const rank = (option: EqualOption): number => options.filter((other) => before(other, option)).length;
  const levelWith = (option: EqualOption): number =>
    options.filter((other) => !before(other, option) && !before(option, other)).length;
  const first = options.filter((option) => rank(option) + levelWith(option) <= places);
  const equal = options.filter((option) => rank(option) < places && !first.includes(option));
  return { first, equal };
}
