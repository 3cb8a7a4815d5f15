// The texts of the search in a long list of options in every language. They are in the part of the script that searches,
// which the build gives only these (build/voter-texts.ts).
import { allTexts } from './all-texts.ts';
import { languageTags } from './languages.ts';
import type { LanguageTag } from './languages.ts';
import type { LanguageTexts } from './language-texts.ts';

export const searchTexts = Object.fromEntries(languageTags.map((tag) => [tag, allTexts[tag].search])) as Readonly<
  Record<LanguageTag, LanguageTexts['search']>
>;
