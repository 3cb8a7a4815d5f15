// The counting methods, each described by data: its kind, its divisors, its names and an editor's suggestions. Every other
// part reads this table and none compares a method's name. To add a divisor method, add one entry here and a text for its
// name in each language; the types report every missing text.
import type { Divisors } from './apportion.ts';

/** Shares the seats of a chamber by divisors. */
export type SeatMethodDescription = {
  readonly kind: 'seats';
  /** In English, for administrators. */
  readonly name: string;
  /** The exact divisors, as whole numbers. Every explanation of a quotient is derived from them. */
  readonly divisors: Divisors;
  /** Keys of texts of the public pages. */
  readonly texts: { readonly name: string };
  /** An editor's suggestions when an administrator chooses this method. */
  readonly suggested: { readonly seats: number; readonly thresholdPercent: number };
};

/** Elects the option with the most votes. */
export type WinnerMethodDescription = {
  readonly kind: 'winner';
  /** In English, for administrators. */
  readonly name: string;
};

const suggestedChamber = { seats: 250, thresholdPercent: 5 } as const;

export const countingMethods = {
  plurality: { kind: 'winner', name: 'Most votes wins' },
  approval: { kind: 'winner', name: 'Approval: choose several, most votes wins' },
  // D'Hondt (Jefferson): 1, 2, 3, …
  dhondt: {
    kind: 'seats',
    name: 'D’Hondt',
    divisors: { first: 1, stride: 1 },
    texts: { name: 'dhondt' },
    suggested: suggestedChamber,
  },
  // Sainte-Laguë (Webster): 1, 3, 5, …
  sainteLague: {
    kind: 'seats',
    name: 'Sainte-Laguë',
    divisors: { first: 1, stride: 2 },
    texts: { name: 'sainteLague' },
    suggested: suggestedChamber,
  },
} as const satisfies Readonly<Record<string, SeatMethodDescription | WinnerMethodDescription>>;

type Table = typeof countingMethods;
export type CountingMethod = keyof Table;
export type SeatMethod = {
  [Name in CountingMethod]: Table[Name]['kind'] extends 'seats' ? Name : never;
}[CountingMethod];
export type WinnerMethod = Exclude<CountingMethod, SeatMethod>;

/** The methods that an editor suggests first. */
export const suggestedMethods = { seats: 'dhondt', winner: 'plurality' } as const satisfies {
  readonly seats: SeatMethod;
  readonly winner: WinnerMethod;
};

/** Whether a method shares seats. A contest of such a method has a number of seats and may have a threshold. */
export function isSeatMethod(method: CountingMethod): method is SeatMethod {
  return countingMethods[method].kind === 'seats';
}

export const countingMethodNames = Object.keys(countingMethods) as readonly CountingMethod[];
export const seatMethodNames = countingMethodNames.filter(isSeatMethod);
export const winnerMethodNames = countingMethodNames.filter((method): method is WinnerMethod => !isSeatMethod(method));
