// Every question of a published result with its count and its sentence, in the order of the ballot. The page, the embedded page,
// the picture and the text for link previews are made of these, so that none of them says something else.
import type { ContestCount } from '../../domain/counting/counting-methods.ts';
import type { Contest } from '../../domain/election.ts';
import type { PublicElection } from '../../protocol/public-document.ts';
import type { ResultsBody } from '../../protocol/public-results.ts';
import { contestView } from './contest-view.ts';
import { sentenceOfResult } from './languages/result-sentence.ts';
import type { Words } from './words.ts';

export type ResultOutcome = {
  /** Unique in the page. */
  readonly id: string;
  readonly contest: Contest;
  readonly count: ContestCount;
  readonly sentence: string;
};

export function resultOutcomes(
  words: Words,
  { contests }: Pick<PublicElection, 'contests'>,
  results: ResultsBody,
): readonly ResultOutcome[] {
  return results.contests.flatMap((count, index) => {
    const contest = contests.find(({ id }) => id === count.contestId);
    if (!contest) return [];
    const id = `contest-${index + 1}`;
    return [{ id, contest, count, sentence: sentenceOfResult(words, contestView(words, id, contest, count), count) }];
  });
}

/** The result in plain text, for previews of a link. */
export function outcomesText(words: Words, outcomes: readonly ResultOutcome[]): string {
  const [only] = outcomes;
  if (only && outcomes.length === 1) return only.sentence;
  return outcomes.map(({ contest, sentence }) => `${words.name(contest.title)}: ${sentence}`).join(words.sentenceSpace);
}
