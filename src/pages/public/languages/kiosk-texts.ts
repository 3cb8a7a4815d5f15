// The texts of the question of a polling station’s device in every language. They are in the part of the script that shows them, which the build
// gives only these (build/voter-texts.ts).
import { allTexts } from './all-texts.ts';
import { languageTags } from './languages.ts';
import type { LanguageTag } from './languages.ts';
import type { LanguageTexts } from './language-texts.ts';

export const kioskTexts = Object.fromEntries(languageTags.map((tag) => [tag, allTexts[tag].kiosk])) as Readonly<
  Record<LanguageTag, LanguageTexts['kiosk']>
>;
