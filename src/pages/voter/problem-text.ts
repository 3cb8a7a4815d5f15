// The text of a rejection in the voter's language. Every code has one.
import type { ProblemCode } from '../../protocol/problem.ts';
import type { Copy } from '../public/languages/language-texts.ts';
import type { ProblemText } from '../public/languages/voter-problems.ts';

export function problemText({ problems, otherProblem }: Copy, code: ProblemCode): ProblemText {
  return (problems as Partial<Record<ProblemCode, ProblemText>>)[code] ?? otherProblem;
}
