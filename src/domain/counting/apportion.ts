// Shares the seats of a chamber by a divisor method: each option's votes are divided by the method's divisors in turn,
// and the greatest quotients win. Equal quotients that cannot all win are a tie, never an order.
//
// A jump assigns each option the seats that are certain, and one heap steps through the remaining ones: fewer steps than
// there are options, however many seats there are (after Pukelsheim, Proportional Representation, 2nd ed.
// 2017, chapter 4, "jump-and-step"; his start is nearer but may overshoot; this one never does, so it needs no step back).
import { compareProducts, floorOfProduct } from './exact-integers.ts';
import { createHeap } from './heap.ts';

/**
 * The divisors first, first + stride, first + 2·stride, …, for an option's 1st, 2nd, 3rd … seat. 0 < first ≤ stride. A
 * law may begin them with `initial` in place of `first`: first ≤ initial < first + stride.
 */
export type Divisors = { readonly first: number; readonly stride: number; readonly initial?: number };

/** An option that takes part, with the seats it has so far. */
export type Claimant = {
  readonly optionId: string;
  readonly number: number;
  readonly votes: number;
  /** The votes are multiplied by this before they are divided. */
  readonly weight: number;
  /** votes × weight, above 0. */
  readonly strength: number;
  /** The candidates of the list: it can take no more seats. */
  readonly seatsMax: number;
  seats: number;
};

export const hasRoom = ({ seats, seatsMax }: Claimant): boolean => seats < seatsMax;

/** The divisor at a place of the sequence; 0 is the first. */
export function divisorAt({ first, stride, initial }: Divisors, place: number): number {
  return place === 0 && initial !== undefined ? initial : first + stride * place;
}

/** The divisor of the quotient by which an option with this many seats claims one more. */
export function nextDivisor(divisors: Divisors, seats: number): number {
  return divisorAt(divisors, seats);
}

/** The divisor of the quotient by which an option holds the last of its seats. */
export function lastDivisor(divisors: Divisors, seats: number): number {
  return nextDivisor(divisors, seats - 1);
}

/** Orders claims to one more seat: negative if the claim of `a` is the smaller quotient. */
export function compareClaims(divisors: Divisors, a: Claimant, b: Claimant): number {
  return compareProducts(a.strength, nextDivisor(divisors, b.seats), b.strength, nextDivisor(divisors, a.seats));
}

/** Orders last seats: negative if `a` holds its last one by the smaller quotient. Both have a seat. */
export function compareHoldings(divisors: Divisors, a: Claimant, b: Claimant): number {
  return compareProducts(a.strength, lastDivisor(divisors, b.seats), b.strength, lastDivisor(divisors, a.seats));
}

/**
 * Assigns the claimants their seats, and returns those who are tied for the last ones (usually none). The tied have
 * only the seats that are certain; the seats that are missing in the sum are those they are tied for.
 */
export function apportion(divisors: Divisors, claimants: readonly Claimant[], seats: number): readonly Claimant[] {
  let remaining = seats - jumpAll(divisors, claimants, seats);
  const claims = createHeap(claimants.filter(hasRoom), (a, b) => compareClaims(divisors, a, b) > 0);
  for (let next = claims.first(); next !== undefined && remaining > 0; next = claims.first()) {
    next.seats += 1;
    remaining -= 1;
    if (hasRoom(next)) claims.sink();
    else claims.remove();
  }
  return takeBackTied(divisors, claimants, claims.first());
}

/** Jumps, and again without the lists that are full then, whose further seats go to the others. */
function jumpAll(divisors: Divisors, claimants: readonly Claimant[], seats: number): number {
  let rest = claimants;
  let left = seats;
  for (;;) {
    const certain = jump(divisors, rest, left);
    const open = rest.filter(hasRoom);
    if (open.length === rest.length) return seats - left + certain;
    left -= rest.reduce((sum, claimant) => sum + (hasRoom(claimant) ? 0 : claimant.seats), 0);
    rest = open;
  }
}

/**
 * Assigns each claimant its quotients that are at least V / (stride·S − P·(stride − first)), and returns the number of
 * these seats. With x for that number, an option has at most votes/(stride·x) + 1 − first/stride of them, all together
 * at most S: they are among the S greatest, so each of these seats is certain. For D'Hondt x = V/S, the lower quota. A
 * greater initial divisor or a short list only removes quotients.
 */
function jump(divisors: Divisors, claimants: readonly Claimant[], seats: number): number {
  const { first, stride } = divisors;
  const multiplier = stride * seats - claimants.length * (stride - first);
  const strength = claimants.reduce((sum, claimant) => sum + claimant.strength, 0);
  let certain = 0;
  for (const claimant of claimants) {
    const divisorMax = multiplier <= 0 ? 0 : floorOfProduct(claimant.strength, multiplier, strength);
    if (divisorMax >= divisorAt(divisors, 0)) {
      claimant.seats = Math.min(claimant.seatsMax, floorOfProduct(divisorMax - first, 1, stride) + 1);
    }
    certain += claimant.seats;
  }
  return certain;
}

/**
 * If the best claim that won nothing equals the smallest that won, it was chance which of the equals got a seat, so all
 * of them return it. An option's quotients all differ, so each of the tied is tied for one seat.
 */
function takeBackTied(
  divisors: Divisors,
  claimants: readonly Claimant[],
  best: Claimant | undefined,
): readonly Claimant[] {
  if (best === undefined) return [];
  const { strength } = best;
  const divisor = nextDivisor(divisors, best.seats);
  const equals = (claimant: Claimant, seats: number): boolean =>
    seats >= 0 && compareProducts(claimant.strength, divisor, strength, nextDivisor(divisors, seats)) === 0;
  const winners = claimants.filter((claimant) => equals(claimant, claimant.seats - 1));
  if (winners.length === 0) return [];
  const losers = claimants.filter((claimant) => hasRoom(claimant) && equals(claimant, claimant.seats));
  for (const winner of winners) winner.seats -= 1;
  return [...winners, ...losers].sort((a, b) => a.number - b.number);
}
