// The languages: each has every text, each is found by its readers' preferences, and voters load only their part of it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { common } from '../../../src/pages/build/options.ts';
import { voterPage } from '../../../src/pages/build/voter-page.ts';
import { loadPaperWords } from '../../../src/pages/panel/elections/paper/paper-words.ts';
import { allTexts } from '../../../src/pages/public/languages/all-texts.ts';
import { languages, languageTags } from '../../../src/pages/public/languages/languages.ts';
import { matchLanguage } from '../../../src/pages/public/languages/match-language.ts';

const folder = new URL('../../../src/pages/public/languages/', import.meta.url).pathname;

/** Every text of a table by its place; the plural forms of a text are together. */
function textsOf(table: object, path = ''): Map<string, readonly string[]> {
  const texts = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(table) as [string, string | object][]) {
    const place = `${path}/${key}`;
    if (typeof value === 'string') texts.set(place, [value]);
    else if ('other' in value) texts.set(place, Object.values(value) as string[]);
    else for (const [inner, text] of textsOf(value, place)) texts.set(inner, text);
  }
  return texts;
}
const bracesOf = (texts: readonly string[]): string[] =>
  [...new Set(texts.flatMap((text) => [...text.matchAll(/\{\w+\}/g)].map(([brace]) => brace)))].sort();

describe.each(languageTags)('The language %s', (tag) => {
  const { sentenceSpace, ...sections } = allTexts[tag];
  const { sentenceSpace: _space, ...english } = allTexts.en;

  test('A language has every text of the English one, with the same places to fill in', () => {
    expect(['', ' ']).toContain(sentenceSpace);
    const texts = textsOf(sections);
    expect([...texts.keys()].sort()).toEqual([...textsOf(english).keys()].sort());
    for (const [place, forms] of textsOf(english)) {
      const own = texts.get(place) ?? [];
      expect(
        own.every((text) => text.trim() !== ''),
        place,
      ).toBe(true);
      for (const brace of bracesOf(own)) expect(bracesOf(forms), place).toContain(brace);
    }
    for (const section of ['sms', 'paper', 'suggestions', 'start'] as const) {
      for (const [place, forms] of textsOf(english[section])) {
        expect(bracesOf(textsOf(sections[section]).get(place) ?? []), place).toEqual(bracesOf(forms));
      }
    }
  });

  test('A language is shown to readers who prefer it', () => {
    expect(matchLanguage([tag])).toBe(tag);
    expect(matchLanguage(['xx', languages[tag].lang, 'en'])).toBe(tag);
    for (const code of languages[tag].answersTo) expect(matchLanguage([code])).toBe(tag);
  });

  test('A language is on the voters’ page before the script runs, and on paper ballots', async () => {
    const page = voterPage({});
    expect(page).toContain(`<p lang="${tag}"><a href="">${sections.start.loading}</a></p>`);
    expect(page).toContain(`<p lang="${tag}">${sections.start.needsScript}</p>`);
    expect(await loadPaperWords(tag)).toMatchObject({ tag, own: sections.paper, copy: sections.voter });
  });
});

test('Every file of texts has a row in the table, under its tag', () => {
  const names = readdirSync(join(folder, 'texts')).filter((name) => name.endsWith('.ts'));
  const files = names.map((name) => name.replace(/\.ts$/, ''));
  expect(files.sort()).toEqual(languageTags.map((tag) => tag.toLowerCase()).sort());
});

test.each([
  [['zh-TW'], 'zh-Hant-HK'],
  [['zh-CN', 'en'], 'zh-Hant-HK'],
  [['yue'], 'zh-Hant-HK'],
  [['sr'], 'sr-Cyrl'],
  [['sr-RS'], 'sr-Cyrl'],
  [['sr-ME'], 'sr-Latn'],
  [['sr-latn-rs'], 'sr-Latn'],
  [['sh'], 'sr-Latn'],
  [['hr-HR'], 'sr-Latn'],
  [['bs'], 'sr-Latn'],
  [['hr-Latn-BA', 'en'], 'sr-Latn'],
  [['sh-Cyrl'], 'sr-Cyrl'],
  [['bs-Cyrl-BA'], 'sr-Cyrl'],
  [['constructor', '__proto__', 'toString'], 'en'],
  [['en-US', 'sr'], 'en'],
  [['xx', 'fr', 'sr-Cyrl'], 'sr-Cyrl'],
  [['*', 'not a tag', ''], 'en'],
  [[], 'en'],
])('Of the preferences %j, the language is %s', (preferences, tag) => {
  expect(matchLanguage(preferences)).toBe(tag);
});

test('The script of a language that voters load holds the texts of the voters’ page and no others', async () => {
  const entryPoints = languageTags.map((tag) => join(folder, 'texts', `${tag.toLowerCase()}.ts`));
  const { outputFiles } = await build({ ...common, entryPoints, outdir: folder });
  expect(outputFiles.length).toBe(languageTags.length);
  for (const tag of languageTags) {
    const script = outputFiles.find(({ path }) => path.endsWith(`/${tag.toLowerCase()}.js`))?.text ?? '';
    const { voter, pages, paper, sms } = allTexts[tag];
    expect(script).toContain(voter.receiptLead);
    for (const text of [pages.checkGenuineText, paper.howOne, sms.vote]) expect(script).not.toContain(text);
  }
});
