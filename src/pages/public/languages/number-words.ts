// Numbers of a result in the format of a language: counts, shares, factors and divisions. The public pages and the panel have
// these from here, so that a number never has two forms.
import { fractionText } from '../../../domain/counting/share.ts';
import type { Fraction } from '../../../domain/counting/share.ts';
import type { QuotientFacts } from '../../../domain/results/quotient-facts.ts';
import { displayShare, quotientDecimals, resultPercentDecimals, roundShare } from '../../../domain/results/rounding.ts';

export type NumberWords = {
  number(value: number): string;
  /** A share of a result, such as 34.65%. It never crosses one of the marks by rounding. */
  resultShare(share: Fraction, marks: readonly Fraction[]): string;
  /** A share of a turnout, such as 34.7%. It may be above 100%. */
  turnoutShare(share: Fraction): string;
  /** A share of the law without rounding, such as 5% or 1/150. */
  exactShare(share: Fraction): string;
  /** A factor or a divisor without rounding, such as 1.35. */
  exactNumber(value: Fraction): string;
  /** A quotient as it is displayed, such as 1.90. */
  quotient(facts: Pick<QuotientFacts, 'text'>): string;
  /** The division and its quotient, such as "80 ÷ 42 ≈ 1.90". */
  division(facts: QuotientFacts): string;
};

/** Decimals of a turnout in percent. */
const turnoutDecimals = 1;
/** For texts that are rounded already. */
const unrounded = { maximumFractionDigits: 20 } as const;

/** Intl formats a decimal text exactly, which a binary fraction does not allow. Its types do not have this yet. */
const formatExactly = (format: Intl.NumberFormat, text: string): string => format.format(text as unknown as number);

/** The format of a language, with its region. */
export function createNumberWords(lang: string): NumberWords {
  const plain = new Intl.NumberFormat(lang);
  const percentOf = (decimals: number): Intl.NumberFormat =>
    new Intl.NumberFormat(lang, { style: 'percent', minimumFractionDigits: decimals, ...unrounded });
  const percent = percentOf(resultPercentDecimals);
  const turnoutPercent = percentOf(turnoutDecimals);
  const lawPercent = percentOf(0);
  const lawNumber = new Intl.NumberFormat(lang, unrounded);
  const decimal = new Intl.NumberFormat(lang, { minimumFractionDigits: quotientDecimals });
  // Such as 1/150, whose decimals do not end.
  const unlessDivision = (format: Intl.NumberFormat, text: string): string =>
    text.includes('/') ? text : formatExactly(format, text);
  const words: NumberWords = {
    number: (value) => plain.format(value),
    resultShare: (share, marks) => formatExactly(percent, displayShare(share, marks)),
    turnoutShare: (share) => formatExactly(turnoutPercent, roundShare(share, turnoutDecimals + 2)),
    exactShare: (share) => unlessDivision(lawPercent, fractionText(share)),
    exactNumber: (value) => unlessDivision(lawNumber, fractionText(value)),
    quotient: ({ text }) => formatExactly(decimal, text),
    division(facts) {
      const { votes, factor, divisor, exact } = facts;
      const times = factor === null ? '' : ` × ${words.exactNumber(factor)}`;
      return `${plain.format(votes)}${times} ÷ ${words.exactNumber(divisor)} ${exact ? '=' : '≈'} ${words.quotient(facts)}`;
    },
  };
  return words;
}
