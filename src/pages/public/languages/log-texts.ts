// The texts about the public log in every language. They are in the part of the script that checks receipts, which the build
// gives only these (build/voter-texts.ts).
import { allTexts } from './all-texts.ts';
import { languageTags } from './languages.ts';
import type { LanguageTag } from './languages.ts';
import type { LanguageTexts } from './language-texts.ts';

export const logTexts = Object.fromEntries(languageTags.map((tag) => [tag, allTexts[tag].log])) as Readonly<
  Record<LanguageTag, LanguageTexts['log']>
>;
