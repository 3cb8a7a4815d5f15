// The rejections that voters can receive. Each has a title and a text in every language. Any other has a general text.
import type { ProblemCodeFor } from '../../../protocol/problem.ts';

export type VoterProblem = ProblemCodeFor<'voter'>;

/** Title and text of a problem. */
export type ProblemText = readonly [title: string, text: string];
export type ProblemTexts = Readonly<Record<VoterProblem, ProblemText>>;
