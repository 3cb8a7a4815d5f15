// Text in the reader's language: copy, numbers, shares, times, names. Numbers are formatted from exact values; a share
// is rounded once, when it is displayed.
import type { Title } from '../../domain/election.ts';
import type { Base } from '../../domain/counting/contest-law.ts';
import type { ProblemCode } from '../../protocol/problem.ts';
import { titleInSentence } from '../../domain/text/title-in-sentence.ts';
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
  /** What a share is of. */
  base(of: Base): string;
  noThreshold(titles: readonly Title[]): string;
  /** Title and text of a rejection. */
  problem(code: ProblemCode): ProblemText;
  /** A time in the election's time zone, which is named. */
  time(instant: string): string;
  /** The same in another zone, on a page of several elections. */
  timeIn(timeZone: string, instant: string): string;
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

export function createWords(tag: LanguageTag, timeZone: string): Words {
  const { lang, dir } = languages[tag];
  const { voter, seats } = allTexts[tag];
  const shared = createResultWords(lang, allTexts[tag]);
  const moments = new Map<string, Intl.DateTimeFormat>();
  const momentIn = (zone: string): Intl.DateTimeFormat => {
    const format =
      moments.get(zone) ??
      new Intl.DateTimeFormat(lang, {
        ...({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric' } as const),
        ...({ minute: '2-digit', timeZone: zone, timeZoneName: 'short' } as const),
      });
    moments.set(zone, format);
    return format;
  };
  const list = new Intl.ListFormat(lang);
  const comma = list.formatToParts(['a', 'b', 'c'])[1]?.value ?? ', ';
  const words: Words = {
    ...shared,
    tag,
    lang,
    dir,
    base: (of) => seats[`base-${of}`],
    problem: (code) => (voter.problems as Partial<Record<ProblemCode, ProblemText>>)[code] ?? voter.otherProblem,
    noThreshold: (titles) => fill(seats.noThreshold, { names: words.names(titles) }),
    time: (instant) => words.timeIn(timeZone, instant),
    // Chinese puts the zone into brackets, which meet the brackets of the text.
    timeIn: (zone, instant) => momentIn(zone).format(new Date(instant)).replace(/[[\]]/g, ''),
    name: (title) => titleInSentence(titleText(title, tag).text, dir),
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
