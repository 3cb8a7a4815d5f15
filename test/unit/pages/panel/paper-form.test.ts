// Stations and printed ballot ids as administrators type them.
import { describe, expect, test } from 'vitest';
import {
  paperFormOf,
  paperRulesOf,
  wrongPrintedLine,
  wrongStationLine,
} from '../../../../src/pages/panel/elections/draft/paper-form.ts';

const idOf = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
const rules = {
  confirmation: true,
  stations: [
    {
      id: 'hall',
      name: 'Town hall; north',
      printed: [
        { from: idOf('1'), to: idOf('2') },
        { from: idOf('a'), to: idOf('b') },
      ],
    },
    { id: 'school', name: 'School' },
  ],
};

describe('The form of paper ballots', () => {
  test('Rules become lines, and the lines become the same rules', () => {
    const form = paperFormOf(rules);
    expect(form.printed.split('\n')).toEqual([`hall; ${idOf('1')}; ${idOf('2')}`, `hall; ${idOf('a')}; ${idOf('b')}`]);
    expect(paperRulesOf(form)).toEqual(rules);
    expect([wrongStationLine(form), wrongPrintedLine(form)]).toEqual([null, null]);
    const spaced = { ...form, printed: `  hall ;${idOf('A')}\t${idOf('B')}  \n\n` };
    expect(paperRulesOf(spaced).stations?.[0]?.printed).toEqual([{ from: idOf('a'), to: idOf('b') }]);
  });

  test.each([
    ['hall; 1; 2', 'no ballot ids'],
    [`hall; ${idOf('1')}`, 'one id'],
    [`other; ${idOf('1')}; ${idOf('2')}`, 'an unknown station'],
    [`${idOf('1')}; ${idOf('2')}`, 'no station'],
  ])('A wrong line is named: %s', (line) => {
    expect(wrongPrintedLine({ ...paperFormOf(rules), printed: `hall; ${idOf('1')}; ${idOf('2')}\n\n${line}` })).toBe(2);
  });
});
