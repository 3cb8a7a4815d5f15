// How a contest ended, in a sentence, and what a table says beside its winners. The public page and the panel use this and
// nothing else, so that they never say different things of one result.
import type { ContestCount } from '../../../domain/counting/counting-methods.ts';
import type { Fraction } from '../../../domain/counting/share.ts';
import { displayShare, resultPercentDecimals } from '../../../domain/results/rounding.ts';
import { seatOutcome } from '../../../domain/results/seat-facts.ts';
import type { SeatOutcome } from '../../../domain/results/seat-facts.ts';
import { shareMarks } from '../../../domain/results/share-marks.ts';
import { winnerOutcome } from '../../../domain/results/winner-facts.ts';
import type { WinnerMark, WinnerOutcome } from '../../../domain/results/winner-facts.ts';
import { fill } from './fill.ts';
import type { CountKey, LanguageTexts, TextKey } from './language-texts.ts';

type Values = Readonly<Record<string, string>>;
export type ResultWords = {
  /** Between two sentences. */
  readonly sentenceSpace: string;
  text(key: TextKey, values?: Values): string;
  /** A text that depends on a number, which replaces `{n}`. */
  counted(key: CountKey, n: number, values?: Values): string;
  number(value: number): string;
  /** A share of a result, such as 34.65%. It never crosses one of the marks by rounding. */
  resultShare(share: Fraction, marks: readonly Fraction[]): string;
};
type Names = { nameOf(optionId: string): string; namesOf(optionIds: readonly string[]): string };

/** The words of a language, with the region for the format of its numbers. */
export function createResultWords(
  lang: string,
  { pages, sentenceSpace }: Pick<LanguageTexts, 'pages' | 'sentenceSpace'>,
) {
  const plain = new Intl.NumberFormat(lang);
  const percent = new Intl.NumberFormat(lang, {
    style: 'percent',
    minimumFractionDigits: resultPercentDecimals,
    maximumFractionDigits: 20,
  });
  const plurals = new Intl.PluralRules(lang);
  const words: ResultWords = {
    sentenceSpace,
    text: (key, values = {}) => fill(pages[key], values),
    counted(key, n, values = {}) {
      const forms = pages[key];
      return fill(forms[plurals.select(n)] ?? forms.other, { n: plain.format(n), ...values });
    },
    number: (value) => plain.format(value),
    // Intl formats a decimal text exactly, which a binary fraction does not allow. Its types do not have this yet.
    resultShare: (share, marks) => percent.format(displayShare(share, marks) as unknown as number),
  };
  return words;
}

export const sentenceOfResult = (words: ResultWords, names: Names, count: ContestCount): string =>
  count.kind === 'seats'
    ? seatSentence(words, names, seatOutcome(count), count.seats)
    : winnerSentence(words, names, winnerOutcome(count), shareMarks(count));

const markTexts = { wins: 'wins', elected: 'isElected', 'not-enough': 'notEnough' } as const;

/** Such as "wins", behind the name of an option. */
export const winnerMarkText = (words: Pick<ResultWords, 'text'>, mark: WinnerMark): string =>
  words.text(markTexts[mark]);

function seatSentence(words: ResultWords, { nameOf, namesOf }: Names, outcome: SeatOutcome, seats: number): string {
  switch (outcome.kind) {
    case 'no-votes':
      return words.text('noVotesSeats');
    case 'none-eligible':
      return words.text('allEmpty');
    case 'no-quorum':
      return words.text('noQuorum');
    case 'none-certain':
      return words.text('noneCertain');
    case 'leading':
      return words.text(leadingText(outcome), {
        name: nameOf(outcome.leaders[0] ?? ''),
        names: namesOf(outcome.leaders),
        n: words.number(outcome.seats),
        seats: words.number(seats),
        more: words.number(outcome.aboveMajority ?? 0),
        majority: words.number(outcome.majority),
      });
  }
}

function leadingText({ leaders, aboveMajority, soFar }: Extract<SeatOutcome, { kind: 'leading' }>): TextKey {
  if (leaders.length > 1) return soFar ? 'mostSeatsSharedSoFar' : 'mostSeatsShared';
  if (aboveMajority === null) return soFar ? 'mostSeatsSoFar' : 'mostSeats';
  if (aboveMajority === 0) return soFar ? 'majorityJustSoFar' : 'majorityJust';
  return soFar ? 'majoritySeatsSoFar' : 'majoritySeats';
}

function winnerSentence(
  words: ResultWords,
  { nameOf, namesOf }: Names,
  outcome: WinnerOutcome,
  marks: readonly Fraction[],
): string {
  switch (outcome.kind) {
    case 'no-votes':
      return words.text('noVotes');
    case 'no-quorum':
      return words.text('noQuorum');
    case 'none-reached':
      return words.counted('noneReached', outcome.votesNeeded);
    case 'elected':
      return electedSentence(words, { namesOf }, outcome);
    case 'won-by-rule': {
      const rule = words.text(`rule-${outcome.rule}`);
      return words.text('wonByRule', { names: namesOf(outcome.tied), name: nameOf(outcome.winner), rule });
    }
    case 'tied':
      return words.text('tiedFirst', { names: namesOf(outcome.tied) });
    case 'won-by-lot':
      return words.text('wonByLot', { names: namesOf(outcome.tied), name: nameOf(outcome.winner) });
    case 'won': {
      const percent = words.resultShare(outcome.share, marks);
      const parts = [words.text('mostVotes', { name: nameOf(outcome.winner), percent })];
      if (outcome.lead !== null) parts.push(words.counted('leads', outcome.lead));
      if (!outcome.majority) parts.push(words.text('noMajority'));
      return parts.join(words.sentenceSpace);
    }
  }
}

function electedSentence(
  words: ResultWords,
  { namesOf }: Pick<Names, 'namesOf'>,
  { elected, open, seatsEmpty }: Extract<WinnerOutcome, { kind: 'elected' }>,
): string {
  const parts: string[] = [];
  if (elected.length > 0) parts.push(words.text(open > 0 ? 'electedSoFar' : 'elected', { names: namesOf(elected) }));
  if (open > 0) parts.push(words.counted('electedByLot', open));
  if (seatsEmpty > 0) parts.push(words.counted('seatsEmpty', seatsEmpty));
  return parts.join(words.sentenceSpace);
}
