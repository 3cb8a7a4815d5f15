// Languages in which ballots can be shown: those of the voters' page.
import { languages } from '../../languages.ts';
import type { LanguageTag } from '../../languages.ts';

export const ballotLanguages = Object.keys(languages) as readonly LanguageTag[];
