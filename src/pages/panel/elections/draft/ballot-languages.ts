// Languages in which ballots can be shown: those of the voters' page.
import { languages } from '../../../shared/languages.ts';
import type { LanguageTag } from '../../../shared/languages.ts';

export const ballotLanguages = Object.keys(languages) as readonly LanguageTag[];
