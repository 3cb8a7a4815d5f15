// What voters read, in each language: nothing is missing, nothing is blank, and English keeps to the rules of its copy.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inLatin } from '../../../../src/domain/serbian-script.ts';
import { problemCodes } from '../../../../src/protocol/problem.ts';
import type { ProblemCode } from '../../../../src/protocol/problem.ts';
import { en } from '../../../../src/pages/shared/copy/en.ts';
import type { Copy } from '../../../../src/pages/shared/copy/copy.ts';
import { srCyrl } from '../../../../src/pages/shared/copy/sr-cyrl.ts';
import { srLatn } from '../../../../src/pages/shared/copy/sr-latn.ts';
import { zhHantHk } from '../../../../src/pages/shared/copy/zh-hant-hk.ts';
import { problemText } from '../../../../src/pages/voter/problem-text.ts';

const languages: readonly (readonly [string, Copy])[] = [
  ['en', en],
  ['zh-Hant-HK', zhHantHk],
  ['sr-Cyrl', srCyrl],
  ['sr-Latn', srLatn],
];

/** Every text of a language by its place in the table. */
function textsOf(copy: Copy): Map<string, string> {
  const texts = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') texts.set(path, value);
    else for (const [key, inner] of Object.entries(value as object)) walk(inner, `${path}/${key}`);
  };
  walk(copy, '');
  return texts;
}
const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe.each(languages)('The copy in %s', (_tag, copy) => {
  test('The copy has every text of the English, filled in at the same places', () => {
    const texts = textsOf(copy);
    for (const [path, english] of textsOf(en)) {
      expect(texts.get(path)?.trim(), path).toBeTruthy();
      // Which of two numbers a language names, and in what order, is its own affair; a place that English lacks is a slip.
      for (const place of places(texts.get(path) ?? '')) expect(places(english), path).toContain(place);
      expect(places(texts.get(path) ?? '').length, path).toBe(places(english).length);
    }
  });

  test('The copy has a title and a text for every code of a problem', () => {
    for (const code of problemCodes) {
      const [title, text] = problemText(copy, code);
      expect(title.trim() && text.trim(), code).toBeTruthy();
    }
  });
});

test('Every rejection that the voter’s API documents has a text of its own', () => {
  const routes = ['sessions', 'verification', 'wait', 'ballots', 'elections'].map((name) =>
    readFileSync(new URL(`../../../../src/services/api/routes/${name}.ts`, import.meta.url), 'utf8'),
  );
  const named = problemCodes.filter((code) => routes.some((source) => source.includes(`'${code}'`)));
  expect(named.length).toBeGreaterThan(10);
  const always: ProblemCode[] = ['invalid-request', 'not-found', 'payload-too-large', 'unsupported-media-type', 'busy'];
  for (const code of [...named, ...always, 'internal']) expect(Object.keys(en.problems)).toContain(code);
});

test('English is plain: no word of blame or jargon, and short sentences', () => {
  const sentences = [...textsOf(en).values()].flatMap((text) => text.split(/(?<=[.?!])\s+/));
  const banned = /\b(please|sorry|invalid|oops|error \d|token|server error|forbidden|illegal|encrypt|hash|submit)\b|!/i;
  expect(sentences.filter((sentence) => banned.test(sentence))).toEqual([]);
  const lengths = sentences.map((sentence) => sentence.split(/\s+/).length);
  expect(lengths.reduce((sum, length) => sum + length, 0) / lengths.length).toBeLessThan(15);
  expect(sentences.filter((sentence) => sentence.split(/\s+/).length > 24)).toEqual([]);
});

test('Serbian in Latin is the Cyrillic, letter by letter', () => {
  expect(inLatin('Љубљана, Његош, џеп, Ђурђевак, ЈМБГ {n} SMS')).toBe(
    'Ljubljana, Njegoš, džep, Đurđevak, JMBG {n} SMS',
  );
  expect([...textsOf(srLatn).values()].filter((text) => /[Ѐ-ӿ]/.test(text))).toEqual([]);
});
