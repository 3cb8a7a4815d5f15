// The shape of a language's copy: exactly the keys of English.
import type { ProblemText, ProblemTexts } from '../voter-problems.ts';
import type { en } from './en.ts';

type PlainKey = Exclude<keyof typeof en, 'problems' | 'otherProblem'>;
export type Copy = Readonly<Record<PlainKey, string>> & {
  readonly otherProblem: ProblemText;
  readonly problems: ProblemTexts;
};

/** Fills in the words in braces. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
