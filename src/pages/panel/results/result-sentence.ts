// How a contest ended, in a sentence: the facts of the result in the panel's words.
import type { ContestCount } from '../../../domain/counting/counting-methods.ts';
import type { Fraction } from '../../../domain/counting/share.ts';
import { seatOutcome } from '../../../domain/results/seat-facts.ts';
import type { SeatOutcome } from '../../../domain/results/seat-facts.ts';
import { winnerOutcome } from '../../../domain/results/winner-facts.ts';
import { shareMarks } from '../../../domain/results/share-marks.ts';
import type { WinnerOutcome } from '../../../domain/results/winner-facts.ts';
import { numberText } from '../words.ts';
import { counted, shareWords } from './contest-view.ts';
import type { PanelContestView } from './contest-view.ts';
import { tieRuleWords } from './law-lines.ts';

const noQuorum = 'The quorum is not met. Nothing is decided.';

type Names = Pick<PanelContestView, 'nameOf' | 'namesOf'>;

export const resultSentence = (view: Names, count: ContestCount): string =>
  count.kind === 'seats'
    ? chamberSentence(view, seatOutcome(count), count.seats)
    : winSentence(view, winnerOutcome(count), shareMarks(count));

function chamberSentence(view: Names, outcome: SeatOutcome, seats: number): string {
  switch (outcome.kind) {
    case 'no-votes':
      return 'No list received a vote. All seats stay empty.';
    case 'none-eligible':
      return 'No list has enough votes. All seats stay empty.';
    case 'no-quorum':
      return noQuorum;
    case 'none-certain':
      return 'No seat is certain until the tie is decided.';
    case 'leading': {
      const { leaders, aboveMajority, majority, soFar } = outcome;
      const names = view.namesOf(leaders);
      const of = `${numberText(outcome.seats)} of ${numberText(seats)}`;
      const so = soFar ? ' so far' : '';
      if (leaders.length > 1)
        return `${names} have the most seats${so}, ${of} each. A majority is ${numberText(majority)}.`;
      if (aboveMajority === null)
        return `${names} has the most seats${so}, ${of}. A majority is ${numberText(majority)}.`;
      const more = aboveMajority === 0 ? 'exactly a majority' : `${numberText(aboveMajority)} more than a majority`;
      return `${names} has ${of} seats${so}, ${more}.`;
    }
  }
}

function winSentence(view: Names, outcome: WinnerOutcome, marks: readonly Fraction[]): string {
  switch (outcome.kind) {
    case 'no-votes':
      return 'No option received a vote.';
    case 'no-quorum':
      return noQuorum;
    case 'none-reached':
      return `No option has the ${counted(outcome.votesNeeded, 'vote')} that ${outcome.votesNeeded === 1 ? 'is' : 'are'} needed. Nothing is decided.`;
    case 'elected':
      return electedSentence(view, outcome);
    case 'won-by-rule': {
      const { tied, winner, rule } = outcome;
      return `${view.namesOf(tied)} were tied for first place. ${view.nameOf(winner)} wins by this rule: ${tieRuleWords[rule]}.`;
    }
    case 'tied':
      return `${view.namesOf(outcome.tied)} are tied for first place. Lots will be drawn.`;
    case 'won-by-lot':
      return `${view.namesOf(outcome.tied)} were tied for first place. ${view.nameOf(outcome.winner)} won by drawing lots.`;
    case 'won': {
      const { winner, share, lead, majority } = outcome;
      const parts = [`${view.nameOf(winner)} has the most votes: ${shareWords(share, marks)} of the valid ballots.`];
      if (lead !== null) parts.push(`That is ${counted(lead, 'vote')} more than the next.`);
      if (!majority) parts.push('It is not more than half.');
      return parts.join(' ');
    }
  }
}

function electedSentence(
  view: Names,
  { elected, open, seatsEmpty }: Extract<WinnerOutcome, { kind: 'elected' }>,
): string {
  const parts: string[] = [];
  if (elected.length > 0) parts.push(`Elected${open > 0 ? ' so far' : ''}: ${view.namesOf(elected)}.`);
  if (open > 0) {
    parts.push(
      `${counted(open, 'more seat', 'more seats')} ${open === 1 ? 'depends' : 'depend'} on a drawing of lots.`,
    );
  }
  if (seatsEmpty > 0) parts.push(`${counted(seatsEmpty, 'seat')} ${seatsEmpty === 1 ? 'stays' : 'stay'} empty.`);
  return parts.join(' ');
}
