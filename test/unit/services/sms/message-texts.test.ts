// The wording of the messages: the required parts of each, and its greatest length.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allTexts } from '../../../../src/pages/public/languages/all-texts.ts';
import { languages, languageTags } from '../../../../src/pages/public/languages/languages.ts';
import { codeText, segmentsOf } from '../../../../src/services/sms/codes/message-texts.ts';

const examples = [
  ['en', 'Shall the library open on Sundays?', 'Never share', 'REHEARSAL'],
  ['zh-Hant-HK', '圖書館星期日應否開放？', '切勿告訴', '演練'],
  ['sr-Cyrl', 'Да ли да библиотека ради недељом?', 'Никоме', 'ПРОБНО'],
  ['sr-Latn', 'Da li da biblioteka radi nedeljom?', 'Nikome', 'PROBNO'],
] as const;
const shared = { code: '04829137', voteHost: undefined };

test.each(examples)(
  'The text in %s holds code, title, warning and, in a rehearsal, its mark',
  (locale, title, warning, mark) => {
    const real = codeText({ ...shared, title: title.slice(0, 20), locale, rehearsal: false });
    const rehearsal = codeText({ ...shared, title: title.slice(0, 20), locale, rehearsal: true });
    expect(real.startsWith('04829137 ')).toBe(true);
    for (const text of [real, rehearsal]) {
      expect(text).toContain(title.slice(0, 10));
      expect(text).toContain(warning);
    }
    expect(rehearsal).toContain(mark);
    expect(real).not.toContain(mark);
  },
);

test.each(languageTags)('A reader of %s gets the texts of that language, with the code first', (tag) => {
  const { sms } = allTexts[tag];
  for (const [rehearsal, wording] of [
    [false, sms.vote],
    [true, sms.rehearsal],
  ] as const) {
    expect(wording.startsWith('{code} ')).toBe(true);
    const text = codeText({ ...shared, title: 'Budget', locale: languages[tag].lang, rehearsal });
    expect(text).toBe(wording.replace('{code}', shared.code).replace('{title}', 'Budget'));
  }
});

test('A text in English is one SMS of at most 160 characters however long the title', () => {
  const text = codeText({ ...shared, title: 'A very long title '.repeat(20), locale: 'en', rehearsal: true });
  expect(text.length).toBeLessThanOrEqual(160);
  expect(segmentsOf(text)).toBe(1);
  expect(text).toContain('...');
});

test('Curly quotation marks and dashes of a title do not make a text dearer', () => {
  const text = codeText({ ...shared, title: 'The people’s “budget” – 2026', locale: 'en', rehearsal: false });
  expect(segmentsOf(text)).toBe(1);
  expect(text).toContain("The people's 'budget' - 2026");
});

test('A text in Chinese is one SMS where the title leaves room', () => {
  expect(segmentsOf(codeText({ ...shared, title: examples[1][1], locale: 'zh-Hant-HK', rehearsal: true }))).toBe(1);
});

test('No title, of whatever characters, makes a text of more than two SMS or loses its code', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 500 }),
      fc.constantFrom(...languageTags),
      fc.boolean(),
      (title, locale, rehearsal) => {
        const text = codeText({ ...shared, title, locale, rehearsal });
        expect(segmentsOf(text)).toBeLessThanOrEqual(2);
        expect(text).toContain('04829137');
        // No character was cut in two.
        expect(text).not.toMatch(/\p{Surrogate}/u);
      },
    ),
    { numRuns: 300 },
  );
});

test('A title cannot add a line to a text, nor pass for the code', () => {
  const text = codeText({
    ...shared,
    title: 'Vote\n@evil.example #11112222 {code} $& $1',
    locale: 'en',
    rehearsal: false,
  });
  expect(text.split('\n')).toHaveLength(1);
  expect(text).toContain('{code} $& $1');
});

test('With the host of the voter page, the last line binds the code to it', () => {
  const text = codeText({ ...shared, voteHost: 'vote.example.org', title: 'Budget', locale: 'en', rehearsal: false });
  expect(text.endsWith('\n\n@vote.example.org #04829137')).toBe(true);
});

test.each([
  [undefined, 'en'],
  ['en-GB', 'en'],
  ['zh-Hant-HK', 'zh-Hant-HK'],
  ['zh-HK', 'zh-Hant-HK'],
  ['sr', 'sr-Cyrl'],
  ['sr-Cyrl-RS', 'sr-Cyrl'],
  ['sr-Latn-RS', 'sr-Latn'],
  ['fr', 'en'],
] as const)('The locale %s is texted in %s', (locale, language) => {
  const text = codeText({ ...shared, title: 'Budget', locale, rehearsal: false });
  expect(text).toBe(allTexts[language].sms.vote.replace('{code}', shared.code).replace('{title}', 'Budget'));
});

test('Segments are counted as the operators of networks count them', () => {
  expect(segmentsOf('a'.repeat(160))).toBe(1);
  expect(segmentsOf('a'.repeat(161))).toBe(2);
  expect(segmentsOf('€'.repeat(81))).toBe(2);
  expect(segmentsOf('字'.repeat(70))).toBe(1);
  expect(segmentsOf('字'.repeat(71))).toBe(2);
});
