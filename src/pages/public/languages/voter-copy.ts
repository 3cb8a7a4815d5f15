// The copy of the voters' page from a language's file. The build writes those files without keys, and this module with the
// keys that the script finds by name (build/voter-texts.ts).
import type { Copy, LanguageTexts } from './language-texts.ts';

export const voterCopyOf = ({ voter }: LanguageTexts): Copy => voter;
