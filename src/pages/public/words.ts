// Text in the reader's language: copy, numbers, shares, times, names. Numbers are formatted from exact values; a share
// is rounded once, when it is displayed.
import type { Title } from '../../domain/election.ts';
import type { Base } from '../../domain/counting/contest-law.ts';
import { fractionText } from '../../domain/counting/share.ts';
import type { Fraction } from '../../domain/counting/share.ts';
import type { QuotientFacts } from '../../domain/results/quotient-facts.ts';
import { quotientDecimals, roundShare } from '../../domain/results/rounding.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import { titleText } from '../../domain/title-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { isolatedNumbers } from './isolated-numbers.ts';
import { allTexts } from './languages/all-texts.ts';
import { fill } from './languages/fill.ts';
import { languages } from './languages/languages.ts';
import type { LanguageTag } from './languages/languages.ts';
import type { ProblemText } from './languages/voter-problems.ts';
import { createResultWords } from './languages/result-sentence.ts';
import type { ResultWords } from './languages/result-sentence.ts';

export type Words = ResultWords & {
  readonly tag: LanguageTag;
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** A share of a turnout, such as 34.7%. */
  percent(share: Fraction): string;
  /** A share of the law without rounding, such as 5% or 1/150. */
  exactShare(share: Fraction): string;
  /** A factor or a divisor without rounding, such as 1.35. */
  exactNumber(value: Fraction): string;
  /** The division and its quotient, such as "80 ÷ 42 ≈ 1.90". */
  division(quotient: QuotientFacts): string;
  /** What a share is of. */
  base(of: Base): string;
  noThreshold(titles: readonly Title[]): string;
  /** Title and text of a rejection. */
  problem(code: ProblemCode): ProblemText;
  /** A time in the election's time zone, which is named. */
  time(instant: string): string;
  /** A title of an election as plain text. */
  name(title: Title): string;
  /** The same as an element with its language. */
  title(title: Title): Html;
  /** A text of the organiser as an element with its language. Its numbers run from left to right. */
  prose(texts: Title): Html;
  /** `a, b and c`. */
  names(titles: readonly Title[]): string;
  /** `a, b, c`. */
  sequence(texts: readonly string[]): string;
};

/** Decimals of a turnout in percent. */
const turnoutDecimals = 1;
/** For texts that are rounded already. */
const unrounded = { maximumFractionDigits: 20 } as const;

export function createWords(tag: LanguageTag, timeZone: string): Words {
  const { lang, dir } = languages[tag];
  const { voter, seats } = allTexts[tag];
  const shared = createResultWords(lang, allTexts[tag]);
  const plain = new Intl.NumberFormat(lang);
  const percent = new Intl.NumberFormat(lang, {
    style: 'percent',
    minimumFractionDigits: turnoutDecimals,
    ...unrounded,
  });
  const threshold = new Intl.NumberFormat(lang, { style: 'percent', ...unrounded });
  const number = new Intl.NumberFormat(lang, unrounded);
  const decimal = new Intl.NumberFormat(lang, { minimumFractionDigits: quotientDecimals });
  const moment = new Intl.DateTimeFormat(lang, {
    ...({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric' } as const),
    ...({ minute: '2-digit', timeZone, timeZoneName: 'short' } as const),
  });
  const list = new Intl.ListFormat(lang);
  // Intl formats a decimal text exactly, which a binary fraction does not allow. Its types do not have this yet.
  const comma = list.formatToParts(['a', 'b', 'c'])[1]?.value ?? ', ';
  const exact = (format: Intl.NumberFormat, value: string): string => format.format(value as unknown as number);
  // Such as 1/150, whose decimals do not end.
  const unlessDivision = (format: Intl.NumberFormat, text: string): string =>
    text.includes('/') ? text : exact(format, text);
  const words: Words = {
    ...shared,
    tag,
    lang,
    dir,
    percent: (share) => exact(percent, roundShare(share, turnoutDecimals + 2)),
    exactShare: (share) => unlessDivision(threshold, fractionText(share)),
    exactNumber: (value) => unlessDivision(number, fractionText(value)),
    division({ votes, factor, divisor, text, exact: isExact }) {
      const times = factor === null ? '' : ` × ${words.exactNumber(factor)}`;
      const sign = isExact ? '=' : '≈';
      return `${plain.format(votes)}${times} ÷ ${words.exactNumber(divisor)} ${sign} ${exact(decimal, text)}`;
    },
    base: (of) => seats[`base-${of}`],
    problem: (code) => (voter.problems as Partial<Record<ProblemCode, ProblemText>>)[code] ?? voter.otherProblem,
    noThreshold: (titles) => fill(seats.noThreshold, { names: words.names(titles) }),
    // Chinese puts the zone into brackets, which meet the brackets of the text.
    time: (instant) => moment.format(new Date(instant)).replace(/[[\]]/g, ''),
    name(title) {
      const { text } = titleText(title, tag);
      // A name of the other direction is isolated, so that it does not change the direction of the sentence.
      return /[\u0590-\u08ff]/.test(text) === (dir === 'rtl') ? text : `\u2068${text}\u2069`;
    },
    title(title) {
      const { lang: own, text } = titleText(title, tag);
      return html`<bdi lang="${own}">${text}</bdi>`;
    },
    prose(texts) {
      const { lang: own, text } = titleText(texts, tag);
      return html`<bdi lang="${own}">${isolatedNumbers(text)}</bdi>`;
    },
    names: (titles) => list.format(titles.map(words.name)),
    sequence: (texts) => texts.join(comma),
  };
  return words;
}
