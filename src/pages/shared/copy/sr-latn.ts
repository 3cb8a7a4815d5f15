// Serbian in Latin, from the Cyrillic letter by letter.
import { tableInLatin } from '../../../domain/serbian-script.ts';
import { srCyrl } from './sr-cyrl.ts';

export const srLatn = tableInLatin(srCyrl);
