// The languages of the voters' page, in which ballots can be shown.
import { languages } from '../../../shared/languages.ts';
import type { LanguageTag } from '../../../shared/languages.ts';

export const ballotLanguages = Object.keys(languages) as readonly LanguageTag[];
