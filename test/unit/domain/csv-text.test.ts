// CSV for spreadsheets: reading returns the written values, and no cell runs as a formula.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvRow } from '../../../src/domain/csv-text.ts';
import { anyCharacter } from '../../support/code-points.ts';

const read = (text: string): string[][] => parse(text, { recordDelimiter: '\r\n' });

describe('A row of CSV', () => {
  test('A row of CSV has its cells as they are, numbers and nothing included', () => {
    expect(csvRow(['a', 1, null, -2, 'say "yes", now'])).toBe('a,1,,-2,"say ""yes"", now"\r\n');
  });

  test.each([
    '=1+1',
    '+41',
    '-2',
    '@SUM(A1)',
    ' =cmd|x',
    '\t=1',
    '\r=1',
    '\n=1',
    '\u0000=1',
    '\uFEFF=1',
    '\u00A0=1',
    '＝1',
    '|x',
    '%x',
  ])('A row of CSV marks %j, which a spreadsheet might run, as a text', (cell) => {
    expect(read(csvRow([cell, 'b']))).toEqual([[`'${cell}`, 'b']]);
  });

  test('A row of CSV is read back as it was written, with any content', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: anyCharacter }), { minLength: 2, maxLength: 5 }), (cells) => {
        const [back] = read(csvRow(cells));
        expect(back?.map((cell, index) => (cell === `'${cells[index]}` ? cells[index] : cell))).toEqual(cells);
        for (const cell of back ?? []) expect(cell).not.toMatch(/^\s*[=+@-]/);
      }),
    );
  });
});
