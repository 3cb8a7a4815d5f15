// How a contest ended, in the English words of the public page.
import type { ContestCount } from '../../../domain/counting/counting-methods.ts';
import type { WinnerMark } from '../../../domain/results/winner-facts.ts';
import { languages } from '../../public/languages/languages.ts';
import { createResultWords, sentenceOfResult, winnerMarkText } from '../../public/languages/result-sentence.ts';
import { english } from '../../public/languages/texts/en.ts';
import type { PanelContestView } from './contest-view.ts';

const words = createResultWords(languages.en.lang, english);

export const resultSentence = (
  view: Pick<PanelContestView, 'nameOf' | 'namesOf' | 'contest'>,
  count: ContestCount,
): string => sentenceOfResult(words, view, count);

/** Such as "wins". */
export const winnerMarkWords = (mark: WinnerMark): string => winnerMarkText(words, mark);
