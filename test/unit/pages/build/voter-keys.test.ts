// The texts of the voters' page by number: the calls of the page find the same texts as by name, and names that it makes stay.
import { expect, test } from 'vitest';
import { namedTexts, textOrder, withNumbers } from '../../../../src/pages/build/voter-keys.ts';
import { textList, numberedCopy } from '../../../../src/pages/build/voter-texts.ts';
import { languages } from '../../../../src/pages/public/languages/languages.ts';
import { english } from '../../../../src/pages/public/languages/texts/en.ts';

const place = (name: string): number => textOrder.indexOf(name);

test.each([
  ["app.t('start')", `app.t(${place('start')})`],
  ["t('extended', { time: 'closed' })", `t(${place('extended')}, { time: 'closed' })`],
  [
    "app.t(phase === 'open' ? 'opened' : 'closedNow')",
    `app.t(phase === 'open' ? ${place('opened')} : ${place('closedNow')})`,
  ],
  [
    "app.t(\n  min > 1\n ? 'chooseBetween' : 'chooseUpTo', {})",
    `app.t(\n  min > 1\n ? ${place('chooseBetween')} : ${place('chooseUpTo')}, {})`,
  ],
  // These stay: a name that is put together or passed on, another function, and a text that is no name.
  ['app.t(`${scheme}Hint`)', 'app.t(`${scheme}Hint`)'],
  ["app.t('waiting')", "app.t('waiting')"],
  ["at('start')", "at('start')"],
  ["t('no such text')", "t('no such text')"],
])('In the source %s a text has its number', (source, changed) => {
  expect(withNumbers(source)).toBe(changed);
});

test('Names that the page makes or passes on stay, and few others', () => {
  const names = [
    'hkidHint',
    'jmbgShape',
    'birth-dateHint',
    'castSending',
    'codeHint',
    'needHkid',
    'noAnswer',
    'otherProblem',
  ];
  expect(namedTexts).toEqual(expect.arrayContaining(names));
  expect(namedTexts.length).toBeLessThan(textOrder.length / 2);
  expect([...textOrder].sort()).toEqual(
    Object.keys(english.voter)
      .filter((name) => name !== 'problems')
      .sort(),
  );
});

test.each(Object.keys(languages) as (keyof typeof languages)[])(
  'Each text of %s is found by its name or number',
  async (tag) => {
    const module = (await import(`data:text/javascript,${encodeURIComponent(numberedCopy)}`)) as {
      numberedCopy(texts: readonly unknown[]): Readonly<Record<string | number, unknown>>;
    };
    const { voter } = await languages[tag].load();
    const copy = module.numberedCopy(JSON.parse(JSON.stringify(textList(voter))) as unknown[]);
    for (const [index, name] of textOrder.entries()) {
      const text = voter[name as keyof typeof voter];
      expect(copy[index], name).toEqual(text);
      if (namedTexts.includes(name)) expect(copy[name], name).toEqual(text);
    }
    expect(copy['problems']).toEqual(voter.problems);
  },
);
