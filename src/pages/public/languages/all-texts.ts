// The texts of every language at once, for services, which answer in all of them.
import { languages, languageTags } from './languages.ts';
import type { LanguageTag } from './languages.ts';
import type { LanguageTexts } from './language-texts.ts';

const entries = await Promise.all(languageTags.map(async (tag) => [tag, await languages[tag].load()] as const));
export const allTexts = Object.fromEntries(entries) as Readonly<Record<LanguageTag, LanguageTexts>>;
