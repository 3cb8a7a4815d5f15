// Which column of a roll is the number: known headings, the sender's word, and questions where neither decides.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AskedColumns } from '../../../../src/domain/roll/roll-layout.ts';
import { isNumberHeading } from '../../../../src/domain/roll/roll-headings.ts';
import { canonicalRollNumber } from '../../../../src/domain/roll/roll-number.ts';
import { createRollWarnings } from '../../../../src/domain/roll/roll-warnings.ts';
import { peopleOf, readRollOf } from '../../../support/tables.ts';

const kindOf = (text: string, choice: AskedColumns = {}): string | null => {
  const { fault } = readRollOf(text, choice);
  return fault === null ? null : (fault.question?.kind ?? 'file');
};
const people = (text: string, choice: AskedColumns = {}): string[] => {
  const read = readRollOf(text, choice);
  expect([text, read.fault]).toEqual([text, null]);
  return peopleOf(read);
};

describe('A known heading', () => {
  test('Headings are known in every language, in any case, spacing and with or without diacritics', () => {
    for (const heading of [
      'ID',
      'number',
      'Voter_ID',
      'Matični broj',
      'MATICNI BROJ',
      'ЈМБГ',
      'Број',
      '會員編號',
      '号码',
    ]) {
      expect([heading, isNumberHeading(heading)]).toEqual([heading, true]);
      expect(people(`Name,${heading}\nAna,1001\nBo,1002\n`)).toEqual(['1001', '1002']);
    }
    for (const heading of ['No.', 'Rb.', 'Name', '序號', 'phone number', '']) {
      expect([heading, isNumberHeading(heading)]).toEqual([heading, false]);
    }
  });

  test('Title lines above a heading are no people, and a row that may be one is asked about', () => {
    expect(people('Members of the club\n\nList of 2026,\nnumber,name\n1001,Ana\n')).toEqual(['1001']);
    expect(kindOf('1001,Ana\nnumber,name\n1002,Bo\n')).toBe('heading');
    expect(kindOf('1001\nnumber\n1002\n')).toBe('heading');
  });

  test('A heading among the people is refused by its row', () => {
    const { rows } = readRollOf('number,name\n1001,Ana\nNumber,Name\n1002,Bo\n');
    expect(rows[2]).toEqual({ row: 3, kind: 'malformed', reason: 'heading' });
  });

  test('A delimiter inside a name without quotes is refused by its row, and never moves a name to the number', () => {
    const read = readRollOf('name,number\nAnić, Ana,1001\nBo,1002\n');
    expect(peopleOf(read)).toEqual(['1002']);
    expect(read.rows[1]).toEqual({ row: 2, kind: 'malformed', reason: 'columns' });
  });
});

describe('A question about the columns', () => {
  test('Without a known heading the importer asks, and never guesses', () => {
    expect(kindOf('Matrikel,Name\n1001,Ana\n')).toBe('column');
    expect(kindOf('1001,Ana\n1002,Bo\n')).toBe('column');
    expect(kindOf('A1\nB2\n')).toBe('heading');
    expect(kindOf('Matrikel\n1001\n')).toBe('heading');
    expect(kindOf('ID,Voter number\n1,1001\n')).toBe('column');
    expect(kindOf('Matrikel,Name\n1001,Ana\n', { column: '1' })).toBe('heading');
  });

  test('Digits alone in one column are a list of numbers', () => {
    expect(people('1001\n1002\n')).toEqual(['1001', '1002']);
    expect(people('1001,Ana\n1002,Bo\n', { column: '1' })).toEqual(['1001', '1002']);
  });

  test('A named column, a position and a row of headings answer the question', () => {
    const file = 'Club\nMatrikel,Name\n1001,Ana\n';
    expect(people(file, { column: 'matrikel' })).toEqual(['1001']);
    expect(people(file, { column: '1', heading: 2 })).toEqual(['1001']);
    expect(people('A1;Ana\nB2;Bo\n', { column: '1', heading: 0 })).toEqual(['A1', 'B2']);
    expect(people('A1\nB2\n', { heading: 0 })).toEqual(['A1', 'B2']);
    expect(kindOf(file, { column: 'Nummer' })).toBe('unknown');
    expect(kindOf(file, { column: '3', heading: 2 })).toBe('unknown');
    expect(kindOf(file, { heading: 9 })).toBe('unknown');
    expect(kindOf('x,x\n1,2\n', { column: 'x' })).toBe('column');
  });
});

describe('A number that a spreadsheet calculated with', () => {
  test.each(['1001.0', '1001,00', '1.0E+12', '1E+12', '1,5e+09', '-1.0', '1.5E12', '1001.000'])(
    '%s is refused as no number',
    (spelling) => {
      const { rows } = readRollOf(`number;name\n${spelling};Ana\n`);
      expect(rows[1]).toEqual({ row: 2, kind: 'malformed', reason: 'not-a-number' });
    },
  );

  test('Numbers with a full stop that tells people apart are taken', () => {
    expect(people('number;name\n12.345;Ana\n1.1.2;Bo\n')).toEqual(['12.345', '1.1.2']);
  });
});

describe('A number of a spreadsheet with something hidden in it', () => {
  const addition = fc.constantFrom('', '\u200B', '\u200E', '\uFEFF', '\u00AD', '\uFE0F', '\u00A0');
  const wide = (text: string): string =>
    text.replace(/[!-~]/g, (each) => String.fromCodePoint((each.codePointAt(0) ?? 0) + 0xfee0));
  const adorned = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    text.chain((plain) =>
      fc
        .array(fc.tuple(addition, fc.boolean()), { minLength: plain.length + 1, maxLength: plain.length + 1 })
        .map((signs) =>
          signs.map(([before, isWide], at) => before + (isWide ? wide(plain.charAt(at)) : plain.charAt(at))).join(''),
        ),
    );
  const whole = fc.nat({ max: 99_999_999 }).map(String);

  test('It is malformed as the plain one is, and never a person under other digits', () => {
    const float = fc.tuple(whole, fc.constantFrom('.0', '.00', '.5E12', 'E-3')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(adorned(float), (cell) => {
        const { rows } = readRollOf(`number;name\n${cell};Ana\n`);
        expect(rows[1]).toEqual({ row: 2, kind: 'malformed', reason: 'not-a-number' });
      }),
    );
  });

  test('Where it may be the number of a person it has the warning that the plain one has', () => {
    fc.assert(
      fc.property(adorned(whole.map((digits) => `${digits}.5`)), (cell) => {
        const warnings = createRollWarnings();
        warnings.add(2, cell.normalize('NFC'), canonicalRollNumber(cell) ?? '');
        expect(warnings.list().map(({ kind }) => kind)).toContain('decimal-point');
      }),
    );
  });
});
