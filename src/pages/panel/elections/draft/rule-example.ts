// An invented count by the rule of a contest, so that administrators see what each rule does before anyone votes.
import { faultsOfContest } from '../../../../domain/contest-rules.ts';
import { countContest } from '../../../../domain/counting/counting-methods.ts';
import { seatFacts } from '../../../../domain/results/seat-facts.ts';
import { winnerFacts } from '../../../../domain/results/winner-facts.ts';
import type { AdministeredElection } from '../../../../protocol/control/elections-api.ts';
import { isWinnerMark } from '../../../public/languages/result-sentence.ts';
import { panelContestView } from '../../results/contest-view.ts';
import { decisionWords, seatLawWords, winnerLawWords } from '../../results/law-lines.ts';
import { resultSentence } from '../../results/result-sentence.ts';
import { numberText } from '../../words.ts';
import type { ContestDraft } from './definition.ts';

/** Ballots of the example, in which each option has half as many votes as the one before, down to the smallest. */
const exampleCast = 10_000;
const exampleInvalid = 300;
const exampleAbstained = 200;
const exampleEntitled = 16_000;

export type ComputedExample = {
  readonly ballots: string;
  readonly votes: readonly { readonly name: string; readonly votes: string; readonly outcome: string }[];
  /** The result and what the law did, in sentences. */
  readonly lines: readonly string[];
};

/** Null while the rule has faults. */
export function exampleOf(
  contest: ContestDraft,
  participants: AdministeredElection['participants'],
): ComputedExample | null {
  if (faultsOfContest(contest).length > 0) return null;
  const abstained = contest.abstain ? exampleAbstained : 0;
  const valid = exampleCast - exampleInvalid - abstained;
  const options = [...contest.options].sort((a, b) => a.number - b.number);
  const votes = options.map(({ id }, place) => ({ optionId: id, votes: votesAt(place, options.length, valid) }));
  const one = { ...contest, minChoices: Math.min(1, contest.minChoices), maxChoices: Math.max(1, contest.maxChoices) };
  const surroundings = { invalid: exampleInvalid, entitled: exampleEntitled, group: null };
  const count = countContest(one, { votes, valid, abstained }, null, surroundings);
  const view = panelContestView({ definition: { contests: [contest] }, participants }, contest.id);
  const law = count.kind === 'seats' ? seatLawWords(view, seatFacts(count)) : winnerLawWords(winnerFacts(count, one));
  const ranking = count.kind === 'seats' ? null : winnerFacts(count, one).rows;
  return {
    ballots:
      `${numberText(exampleCast)} ballots are cast by ${numberText(contest.law?.entitled ?? exampleEntitled)} people ` +
      `who may vote: ${numberText(valid)} choose an option, ${numberText(abstained)} abstain, ` +
      `${numberText(exampleInvalid)} are invalid.`,
    votes: count.options.map((option) => ({
      name: view.nameOf(option.optionId),
      votes: numberText(option.votes),
      outcome:
        'seats' in option
          ? numberText(option.seats)
          : isWinnerMark(ranking?.find(({ optionId }) => optionId === option.optionId)?.mark ?? null)
            ? 'elected'
            : '–',
    })),
    lines: [resultSentence(view, count), ...law, ...decisionWords(view, count.tieDecisions ?? [])],
  };
}

/** The last option gets the rest, so that the votes are those of the valid ballots. */
function votesAt(place: number, options: number, valid: number): number {
  const before = valid - Math.floor(valid / 2 ** place);
  return place === options - 1 ? valid - before : Math.floor(valid / 2 ** place) - Math.floor(valid / 2 ** (place + 1));
}
