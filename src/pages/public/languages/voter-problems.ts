// The rejections that voters can receive. Each has a title and a text in every language. Any other has a general text.
import type { ProblemCodeFor, ProblemCodeOf } from '../../../protocol/problem.ts';

/** What only the code on a card can get, at a polling station's device: one text each, in the script of that device. */
export type CardProblem = Exclude<ProblemCodeOf<'activate-session'>, ProblemCodeOf<'start-session'>>;
export type VoterProblem = Exclude<ProblemCodeFor<'voter'>, CardProblem>;

/** Title and text of a problem. */
export type ProblemText = readonly [title: string, text: string];
export type ProblemTexts = Readonly<Record<VoterProblem, ProblemText>>;
