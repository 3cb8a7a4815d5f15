// The texts of the law of seats in every language. They are in the part of the script that shows them, which the build
// gives only these (build/voter-texts.ts).
import { allTexts } from './all-texts.ts';
import { languageTags } from './languages.ts';
import type { LanguageTag } from './languages.ts';
import type { LanguageTexts } from './language-texts.ts';

export const seatsTexts = Object.fromEntries(languageTags.map((tag) => [tag, allTexts[tag].seats])) as Readonly<
  Record<LanguageTag, LanguageTexts['seats']>
>;
