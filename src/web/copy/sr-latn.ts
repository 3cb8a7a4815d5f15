// Serbian in Latin, from the Cyrillic letter by letter (Cyrillic to Latin is exact; the other way is not).
import type { Copy } from './copy.ts';
import { srCyrl } from './sr-cyrl.ts';

const cyrillic = 'абвгдђежзијклљмнњопрстћуфхцчџш';
const latin = 'a b v g d đ e ž z i j k l lj m n nj o p r s t ć u f h c č dž š'.split(' ');
const letters = new Map(Array.from(cyrillic, (letter, index) => [letter, latin[index] ?? '']));

/** A Cyrillic text in Latin letters; what is not Cyrillic stays. */
export function inLatin(text: string): string {
  return text.replace(/[Ѐ-ӿ]/g, (letter) => {
    const lower = letters.get(letter.toLowerCase()) ?? letter;
    return letter === letter.toLowerCase() ? lower : lower.charAt(0).toUpperCase() + lower.slice(1);
  });
}

function converted(value: unknown): unknown {
  if (typeof value === 'string') return inLatin(value);
  if (Array.isArray(value)) return value.map(converted);
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, converted(inner)]));
}

export const srLatn = converted(srCyrl) as Copy;
