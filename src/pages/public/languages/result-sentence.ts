// How a contest ended, in a sentence, and what a table says beside its winners. The public page and the panel use this and
// nothing else, so that they never say different things of one result.
import type { ContestCount } from '../../../domain/counting/counting-methods.ts';
import type { Fraction } from '../../../domain/counting/share.ts';
import { seatOutcome } from '../../../domain/results/seat-facts.ts';
import type { SeatOutcome } from '../../../domain/results/seat-facts.ts';
import { shareMarks } from '../../../domain/results/share-marks.ts';
import { hasWithdrawnVotes, winnerOutcome } from '../../../domain/results/winner-facts.ts';
import type { RankedContest, WinnerMark, WinnerOutcome } from '../../../domain/results/winner-facts.ts';
import { fill } from './fill.ts';
import { createNumberWords } from './number-words.ts';
import type { NumberWords } from './number-words.ts';
import type { CountKey, LanguageTexts, TextKey } from './language-texts.ts';

type Values = Readonly<Record<string, string>>;
export type ResultWords = NumberWords & {
  /** Between two sentences. */
  readonly sentenceSpace: string;
  text(key: TextKey, values?: Values): string;
  /** A text that depends on a number, which replaces `{n}`. */
  counted(key: CountKey, n: number, values?: Values): string;
};
type Names = { nameOf(optionId: string): string; namesOf(optionIds: readonly string[]): string };
type View = Names & { readonly contest: Pick<RankedContest, 'options'> };

/** The words of a language, with the region for the format of its numbers. */
export function createResultWords(
  lang: string,
  { pages, sentenceSpace }: Pick<LanguageTexts, 'pages' | 'sentenceSpace'>,
) {
  const numbers = createNumberWords(lang);
  const plurals = new Intl.PluralRules(lang);
  const words: ResultWords = {
    ...numbers,
    sentenceSpace,
    text: (key, values = {}) => fill(pages[key], values),
    counted(key, n, values = {}) {
      const forms = pages[key];
      return fill(forms[plurals.select(n)] ?? forms.other, { n: numbers.number(n), ...values });
    },
  };
  return words;
}

export function sentenceOfResult(words: ResultWords, view: View, count: ContestCount): string {
  const sentence =
    count.kind === 'seats'
      ? seatSentence(words, view, seatOutcome(count), count.seats)
      : winnerSentence(words, view, winnerOutcome(count, view.contest), shareMarks(count));
  // The one with the most votes may be another one in the table, which was withdrawn.
  return hasWithdrawnVotes(count, view.contest)
    ? [words.text('withdrawnLeftOut'), sentence].join(words.sentenceSpace)
    : sentence;
}

const markTexts = { wins: 'wins', elected: 'isElected', 'not-enough': 'notEnough', withdrawn: 'withdrawn' } as const;
/** Whether the option of this mark won. */
export const isWinnerMark = (mark: WinnerMark | null): boolean => mark === 'wins' || mark === 'elected';

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
