// A quotient as it is shown and checked on paper: votes, the factor of the law, the divisor, and the rounded result.
import type { Divisors } from '../counting/apportion.ts';
import type { Quotient } from '../counting/explain-seats.ts';
import { countingMethods } from '../counting/method-table.ts';
import type { SeatCount } from '../counting/seat-count.ts';
import { divisorsBy } from '../counting/seat-law.ts';
import { decimalText } from '../counting/share.ts';
import type { Fraction } from '../counting/share.ts';
import { quotientDecimals } from './rounding.ts';

export type QuotientFacts = {
  readonly votes: number;
  /** The votes are multiplied by it first; null if the law does not. */
  readonly factor: Fraction | null;
  readonly divisor: Fraction;
  /** A decimal text such as `1.90`, rounded half up. */
  readonly text: string;
  /** Whether the text is the quotient itself. Otherwise it is written after "≈". */
  readonly exact: boolean;
};

type Count = Pick<SeatCount, 'method' | 'firstDivisor' | 'options'>;

/** The divisors of a count, in parts of the denominator of its first divisor. */
export const divisorsOfCount = ({ method, firstDivisor }: Pick<SeatCount, 'method' | 'firstDivisor'>): Divisors =>
  divisorsBy(countingMethods[method].divisors, firstDivisor);

/** A divisor of a count as the law means it. */
export const lawfulDivisor = ({ firstDivisor }: Pick<SeatCount, 'firstDivisor'>, divisor: number): Fraction => ({
  numerator: divisor,
  denominator: firstDivisor?.denominator ?? 1,
});

export function quotientFacts(count: Count, quotient: Quotient): QuotientFacts {
  const { factor, lawful, numerator, denominator } = exactQuotient(count, quotient);
  const { votes } = quotient;
  return {
    votes,
    factor,
    divisor: lawful,
    text: decimalText(numerator, denominator, quotientDecimals),
    exact: (numerator * 10n ** BigInt(quotientDecimals)) % denominator === 0n,
  };
}

/** Whether two quotients are the same number. */
export function isEqualQuotient(count: Count, one: Quotient, other: Quotient): boolean {
  const a = exactQuotient(count, one);
  const b = exactQuotient(count, other);
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

function exactQuotient(count: Count, { optionId, votes, divisor }: Quotient) {
  const factor = count.options.find((option) => option.optionId === optionId)?.factor ?? null;
  const lawful = lawfulDivisor(count, divisor);
  return {
    factor,
    lawful,
    numerator: BigInt(votes) * BigInt(factor?.numerator ?? 1) * BigInt(lawful.denominator),
    denominator: BigInt(factor?.denominator ?? 1) * BigInt(lawful.numerator),
  };
}
