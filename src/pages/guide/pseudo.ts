// Two pseudo-languages, derived from English. In one, texts are two fifths longer and full of diacritics, which shows
// where there is too little room. The other runs from right to left, which shows elements that do not mirror.
import type { Copy } from '../public/languages/language-texts.ts';

export type Pseudo = 'longer' | 'mirrored';

const marked: Readonly<Record<string, string>> = { a: 'ā', e: 'ė', i: 'ï', o: 'ø', u: 'ü', n: 'ñ', s: 'š', c: 'ç' };
const arabic = Array.from('ابتثجحخدذرزسشصضطظعغفقكلمنهوي');

function longer(text: string): string {
  const letters = text.replace(/\{\w+\}|[a-z]/g, (part) => marked[part] ?? part);
  return `${letters} ${'one two three four five six seven '
    .repeat(20)
    .slice(0, Math.ceil(text.length * 0.4))
    .trim()}`;
}

/** Letters that run from right to left, as many as the English has. Placeholders stay. */
function mirrored(text: string): string {
  return text.replace(/\{\w+\}|[A-Za-z]/g, (part) =>
    part.length > 1 ? part : (arabic[part.toLowerCase().charCodeAt(0) % arabic.length] ?? part),
  );
}

export function pseudoCopy(copy: Copy, kind: Pseudo): Copy {
  const change = (value: unknown): unknown => {
    if (typeof value === 'string') return kind === 'longer' ? longer(value) : mirrored(value);
    if (Array.isArray(value)) return value.map(change);
    return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, change(inner)]));
  };
  return change(copy) as Copy;
}
