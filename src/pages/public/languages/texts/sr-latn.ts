// Serbian in Latin, from the Cyrillic letter by letter.
import { tableInLatin } from '../../../../domain/serbian-script.ts';
import { serbianCyrillic } from './sr-cyrl.ts';

export const serbianLatin = tableInLatin(serbianCyrillic);
