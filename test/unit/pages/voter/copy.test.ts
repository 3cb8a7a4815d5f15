// What voters read, in each language: nothing is missing, nothing is blank, and English keeps to the rules of its copy.
import { describe, expect, test } from 'vitest';
import { inLatin } from '../../../../src/domain/serbian-script.ts';
import { problemCodes, problems } from '../../../../src/protocol/problem.ts';
import { allTexts } from '../../../../src/pages/public/languages/all-texts.ts';
import type { Copy } from '../../../../src/pages/public/languages/language-texts.ts';
import { languageTags } from '../../../../src/pages/public/languages/languages.ts';
import { problemText } from '../../../../src/pages/voter/problem-text.ts';

const en = allTexts.en.voter;
const languages = languageTags.map((tag) => [tag, allTexts[tag].voter] as const);

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

test('Every rejection that voters can receive has a text of its own, and no other has', () => {
  const forVoters = problemCodes.filter((code) => problems[code].audience[0] === 'voter');
  expect(forVoters.length).toBeGreaterThan(20);
  const ofCards = Object.keys(allTexts.en.kiosk).filter((key) => key.startsWith('activation-'));
  expect([...Object.keys(en.problems), ...ofCards].sort()).toEqual(forVoters.sort());
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
  expect([...textsOf(allTexts['sr-Latn'].voter).values()].filter((text) => /[Ѐ-ӿ]/.test(text))).toEqual([]);
});
