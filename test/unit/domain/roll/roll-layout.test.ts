// Which column of a roll is the number: known headings, the sender's word, and questions where neither decides.
import { describe, expect, test } from 'vitest';
import type { AskedColumns } from '../../../../src/domain/roll/roll-layout.ts';
import { isNumberHeading } from '../../../../src/domain/roll/roll-headings.ts';
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
