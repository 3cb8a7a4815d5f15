// Text in the reader's language: copy, numbers, shares, times, names. Numbers are formatted from exact values; a share
// is rounded once, when it is displayed.
import type { Title } from '../../domain/election.ts';
import { shareText } from '../../domain/counting/share.ts';
import type { Fraction } from '../../domain/counting/share.ts';
import { displayShare, quotientDecimals, resultPercentDecimals, roundQuotient } from '../../domain/results/rounding.ts';
import { titleText } from '../../domain/title-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { CountKey, TextKey } from './languages/language-texts.ts';
import { allTexts } from './languages/all-texts.ts';
import { fill } from './languages/fill.ts';
import { languages } from './languages/languages.ts';
import type { LanguageTag } from './languages/languages.ts';

type Values = Readonly<Record<string, string>>;

export type Words = {
  readonly tag: LanguageTag;
  readonly lang: string;
  readonly dir: 'ltr' | 'rtl';
  /** Between two sentences. */
  readonly sentenceSpace: string;
  text(key: TextKey, values?: Values): string;
  /** A text that depends on a number, which replaces `{n}`. */
  counted(key: CountKey, n: number, values?: Values): string;
  number(value: number): string;
  /** A share of a turnout, such as 34.7%. */
  percent(share: Fraction): string;
  /** A share of a result, such as 34.65%. */
  resultShare(share: Fraction): string;
  /** A threshold in hundredths of a percent, without trailing zeros. */
  perMyriad(value: number): string;
  /** The division and its quotient, such as "80 ÷ 42 ≈ 1.90". */
  division(votes: number, divisor: number): string;
  /** A time in the election's time zone, which is named. */
  time(instant: string): string;
  /** A title of an election as plain text. */
  name(title: Title): string;
  /** The same as an element with its language. */
  title(title: Title): Html;
  /** `a, b and c`. */
  names(titles: readonly Title[]): string;
  /** `a, b, c`. */
  sequence(texts: readonly string[]): string;
};

/** Decimals of a turnout in percent. */
const turnoutDecimals = 1;

export function createWords(tag: LanguageTag, timeZone: string): Words {
  const { lang, dir } = languages[tag];
  const { pages: copy, sentenceSpace } = allTexts[tag];
  const plain = new Intl.NumberFormat(lang);
  const percent = new Intl.NumberFormat(lang, { style: 'percent', minimumFractionDigits: turnoutDecimals });
  const result = new Intl.NumberFormat(lang, { style: 'percent', minimumFractionDigits: resultPercentDecimals });
  const threshold = new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 2 });
  const decimal = new Intl.NumberFormat(lang, { minimumFractionDigits: quotientDecimals });
  const plurals = new Intl.PluralRules(lang);
  const moment = new Intl.DateTimeFormat(lang, {
    ...({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit' } as const),
    ...({ minute: '2-digit', timeZone, timeZoneName: 'short' } as const),
  });
  const list = new Intl.ListFormat(lang);
  // Intl formats a decimal text exactly, which a binary fraction does not allow. Its types do not have this yet.
  const comma = list.formatToParts(['a', 'b', 'c'])[1]?.value ?? ', ';
  const exact = (format: Intl.NumberFormat, value: string): string => format.format(value as unknown as number);
  const words: Words = {
    tag,
    lang,
    dir,
    sentenceSpace,
    text: (key, values = {}) => fill(copy[key], values),
    counted(key, n, values = {}) {
      const forms = copy[key];
      return fill(forms[plurals.select(n)] ?? forms.other, { n: plain.format(n), ...values });
    },
    number: (value) => plain.format(value),
    percent: (share) => exact(percent, shareText(share, turnoutDecimals + 2)),
    resultShare: (share) => exact(result, displayShare(share)),
    perMyriad: (value) => exact(threshold, shareText({ numerator: value, denominator: 10_000 }, 4)),
    division(votes, divisor) {
      const quotient = roundQuotient(votes, divisor);
      const sign = quotient.exact ? '=' : '≈';
      return `${plain.format(votes)} ÷ ${plain.format(divisor)} ${sign} ${exact(decimal, quotient.text)}`;
    },
    time: (instant) => moment.format(new Date(instant)),
    name(title) {
      const { text } = titleText(title, tag);
      // A name of the other direction is isolated, so that it does not change the direction of the sentence.
      return /[\u0590-\u08ff]/.test(text) === (dir === 'rtl') ? text : `\u2068${text}\u2069`;
    },
    title(title) {
      const { lang: own, text } = titleText(title, tag);
      return html`<bdi lang="${own}">${text}</bdi>`;
    },
    names: (titles) => list.format(titles.map(words.name)),
    sequence: (texts) => texts.join(comma),
  };
  return words;
}
