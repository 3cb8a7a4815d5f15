// The one reader of tables: a table is the same rows in both importers, by whatever program it was written, and the
// files that importers once got wrong.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Contest } from '../../../../src/domain/election.ts';
import { batchRowsMax, createFileReader } from '../../../../src/domain/batch-file.ts';
import { previewRoll } from '../../../../src/pages/panel/elections/roll/roll-preview.ts';
import { definition } from '../../../support/elections.ts';
import { anyWriting, peopleOf, readBatchOf, readRollOf, tableFixture, writeTable } from '../../../support/tables.ts';
import type { Writing } from '../../../support/tables.ts';

const contests = definition().contests as readonly Contest[];
const [motion] = contests as readonly [Contest];
const size = fc.constantFrom(1, 2, 3, 7, 64, 100_000);
const plain: Writing = {
  delimiter: ',',
  end: '\n',
  mark: false,
  separatorLine: false,
  quotes: 'needed',
  titles: [],
  trailing: 0,
  blanks: 0,
  lastEnd: true,
};

describe('A table by any program', () => {
  const name = fc.constantFrom('Ana', 'Anić, Ana; ml.', 'O"Neil', 'Niš\nSrbija', '李|四', '', 'x\ty', '"', 'a  b');
  const roll = fc.array(fc.tuple(fc.integer({ min: 1, max: 9_999 }).map(String), name), {
    minLength: 1,
    maxLength: 40,
  });

  test('A roll has the same people in any writing, and its rows are numbered without gaps', () => {
    fc.assert(
      fc.property(roll, anyWriting, size, fc.boolean(), (people, writing, part, swapped) => {
        const order = (cells: readonly [string, string]): string[] => (swapped ? [...cells].reverse() : [...cells]);
        const table = [order(['Number', 'Name']), ...people.map(order)];
        const read = readRollOf(writeTable(table, writing), {}, part);
        expect(read.fault).toBeNull();
        expect(peopleOf(read)).toEqual(people.map(([number]) => number));
        expect(read.rows.map(({ row }) => row)).toEqual(read.rows.map((_, index) => index + 1));
        const kinds = (kind: string): number => read.rows.filter((row) => row.kind === kind).length;
        expect([kinds('title'), kinds('heading'), kinds('malformed')]).toEqual([writing.titles.length, 1, 0]);
        expect(read.rows.length).toBe(writing.titles.length + table.length + kinds('blank'));
      }),
      { numRuns: 500 },
    );
  });

  const ballots = fc.array(fc.tuple(fc.uuid(), fc.constantFrom('1', '2', '7'), fc.constantFrom('1', '2', '12')), {
    minLength: 1,
    maxLength: 40,
  });

  test('A batch has the same ballots in any writing, with and without a heading', () => {
    fc.assert(
      fc.property(ballots, anyWriting, size, fc.boolean(), fc.boolean(), (rows, writing, part, headed, both) => {
        const of = both ? contests : [motion];
        const cut = rows.map((cells) => cells.slice(0, of.length + 1));
        const table = headed ? [['Ballot ID', ...of.map(({ id }) => id)], ...cut] : cut;
        const style = headed ? writing : { ...writing, titles: [] };
        const read = readBatchOf(writeTable(table, style), of, part);
        expect(read).toMatchObject({ fault: null, wrong: [], rows: cut.map((cells) => cells.join(',')) });
        expect(read.findings).toMatchObject({ heading: headed, titles: headed ? writing.titles.length : 0 });
      }),
      { numRuns: 500 },
    );
  });

  test('Commas inside values do not separate columns where something else does, without a heading too', () => {
    const comma = fc.constantFrom('Kos, Ana', 'Petrović, Bojan', 'Nikola Tesla, ml.', ',');
    const people = fc.array(fc.tuple(fc.nat({ max: 9_999 }).map(String), comma), { minLength: 1, maxLength: 30 });
    const style = anyWriting.map((writing) => ({ ...writing, titles: [], separatorLine: false }));
    fc.assert(
      fc.property(people, style, size, (rows, writing, part) => {
        const delimiter = writing.delimiter === ',' ? ';' : writing.delimiter;
        const read = readRollOf(writeTable(rows, { ...writing, delimiter }), { column: '1', heading: 0 }, part);
        expect(peopleOf(read)).toEqual(rows.map(([number]) => number));
      }),
    );
  });

  test('The page that previews a roll shows the cells that the service reads, for any column', async () => {
    const cell = fc.constantFrom('1', '2', '3', 'Ana', 'Kos, Ana', 'a;b', 'x|y', '', 'Ime', '李');
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1, maxLength: 12 });
    const position = fc.constantFrom(1, 2, 3);
    const rare: Writing = { ...plain, quotes: 'needed' };
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(',', ';', '\t'), position, async (table, delimiter, column) => {
        const file = writeTable(table, { ...rare, delimiter });
        const preview = await previewRoll(new Blob([Uint8Array.from(file)]), undefined);
        const { rows: read } = readRollOf(file, { column: String(column), heading: 0 });
        for (const row of read.slice(0, preview.rows.length)) {
          if (row.kind !== 'person') continue;
          const line = preview.rows.find((each) => each.row === row.row);
          expect(line?.cells[column - 1]).toBe(row.spelling);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test('The page that previews a roll reads as far as the service does before it decides', async () => {
    const file = `${`${'李'.repeat(2_000)}\n`.repeat(15)}number;name\n1001;Ana\n1002;Bo\n`;
    const { guess } = await previewRoll(new Blob([file]), undefined);
    expect(guess).toMatchObject({ heading: 16, column: 1 });
    expect(peopleOf(readRollOf(file))).toEqual(['1001', '1002']);
  });

  test('A table is the same rows however its bytes come, valid or not', () => {
    const piece = fc.constantFrom(
      '"',
      '""',
      ',',
      ';',
      '\n',
      '\r',
      '\r\r\n',
      ' ',
      'a',
      '1',
      'number',
      '\uFEFF',
      '\u0007',
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 60 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
    );
    fc.assert(
      fc.property(bytes, size, (file, part) => {
        const whole = readRollOf(file, {}, 100_000);
        expect(readRollOf(file, {}, part)).toEqual(whole);
        expect(readBatchOf(file, contests, part)).toEqual(readBatchOf(file, contests, 100_000));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('A file of a wrong kind', () => {
  const roll = 'number,name\n1001,Ana\n';
  const cases: [string, Buffer, RegExp][] = [
    ['xlsx or ods', Buffer.from('PK\u0003\u0004 xl/workbook'), /workbook.*CSV UTF-8/],
    ['xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), /workbook.*CSV UTF-8/],
    ['UTF-16', Buffer.from(`\uFEFF${roll}`, 'utf16le'), /UTF-16.*CSV UTF-8/],
    ['UTF-16 big-endian', Buffer.from(`\uFEFF${roll}`, 'utf16le').swap16(), /UTF-16.*CSV UTF-8/],
    ['UTF-16 without a mark', Buffer.from(roll, 'utf16le'), /NUL/],
    ['a page', Buffer.from('<html><table><tr><td>1001'), /web page/],
    ['XML', Buffer.from('<?xml version="1.0"?>'), /web page or XML/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), /compressed/],
    ['an empty file', Buffer.alloc(0), /no rows/],
    ['a mark of order alone', Buffer.from('\uFEFF'), /no rows/],
    ['a line for the separator alone', Buffer.from('sep=;\r\n'), /no rows/],
    ['rows of separators alone', Buffer.from(';;\r\n \r\n;;\r\n'), /no rows/],
  ];

  test.each(cases)('Both importers name %s and what to do', (_kind, bytes, detail) => {
    const { fault } = readRollOf(bytes);
    expect(fault !== null && fault.question === null && fault.detail).toMatch(detail);
    expect(readBatchOf(bytes, [motion]).fault?.detail).toMatch(detail);
  });

  test('A line that names another separator is refused, and not read as a person', () => {
    const { fault } = readRollOf('sep=^\nnumber^name\n1001^Ana\n');
    expect(fault !== null && fault.question === null && fault.detail).toMatch(/separator/);
  });
});

describe('A row of a wrong kind', () => {
  test('A row that is not UTF-8 is refused by its number, and the others are read', () => {
    const file = Buffer.concat([Buffer.from('number,name\n1001,Ani'), Buffer.from([0xe6]), Buffer.from('\n1002,Bo\n')]);
    const read = readRollOf(file);
    expect(peopleOf(read)).toEqual(['1002']);
    expect(read.rows).toContainEqual({ row: 2, kind: 'malformed', reason: 'encoding' });
    const ballot = '728a5df9-f99d-22f3-c3e9-956fb02d46c1,1\n';
    const batch = Buffer.concat([Buffer.from(`${ballot}${ballot}`), Buffer.from([0x9a]), Buffer.from(`\n${ballot}`)]);
    expect(readBatchOf(batch, [motion]).fault?.detail).toMatch(/^Row 3 is not UTF-8/);
  });

  test('A quotation mark that is never closed spoils its own line only', () => {
    const read = readRollOf('number,name\n1001,"Ana\n1002,Bo\n1003,"Cveta"\n');
    expect(peopleOf(read)).toEqual(['1002', '1003']);
    expect(read.rows[1]).toEqual({ row: 2, kind: 'malformed', reason: 'quotes' });
    const long = readRollOf(`number,name\n1001,"Ana\n${'1002,Bo\n'.repeat(2_000)}`);
    expect(peopleOf(long)).toHaveLength(2_000);
  });

  test('White space of any kind around a quoted value is no part of it, as around any other', () => {
    const space = fc.stringMatching(/^[ \t\u00A0\u2003\u3000\uFEFF]{0,3}$/);
    fc.assert(
      fc.property(space, space, fc.boolean(), (before, after, quoted) => {
        const cell = (text: string): string => before + (quoted ? `"${text}"` : text) + after;
        const roll = readRollOf(`number;name\n${cell('1001')};${cell('Ana')}\n`);
        expect([peopleOf(roll), roll.rows.length]).toEqual([['1001'], 2]);
      }),
    );
  });

  test('A row far too long is dropped as it arrives, and the next one is read', () => {
    const read = readRollOf(`number,name\n${'9'.repeat(300_000)},Long\n1002,Bo\n`, {}, 10_000);
    expect(read.rows.slice(1)).toEqual([
      { row: 2, kind: 'malformed', reason: 'too-long' },
      { row: 3, kind: 'person', canonical: '1002', spelling: '1002', second: '', label: '' },
    ]);
  });
});

describe('The bound of rows', () => {
  test('A file may have that many rows, with empty ones at its end, and one more is refused', () => {
    const part = Buffer.from('x\n'.repeat(100_000));
    const reader = createFileReader([motion], { row: () => undefined, wrong: () => undefined });
    for (let rows = 0; rows < batchRowsMax; rows += 100_000) expect(reader.add(part)).toBeNull();
    expect(reader.add(Buffer.from(',\r\n\r\n,\r\n'))).toBeNull();
    expect(reader.findings().rows).toBe(batchRowsMax);
    expect(reader.add(Buffer.from('x\n'))?.code).toBe('payload-too-large');
  }, 120_000);
});

describe('A file that was once read wrong', () => {
  const people = (name: string): string[] => {
    const read = readRollOf(tableFixture(name));
    expect(read.fault).toBeNull();
    return peopleOf(read);
  };

  test('Case h01: a heading in another word is a heading', () => {
    expect(people('h01-roll-foreign-heading')).toEqual(['1001', '1002']);
  });

  test('Case h02: the line for the separator is no row, and the named column has the numbers', () => {
    expect(people('h02-roll-sep-line')).toEqual(['1001', '1002']);
  });

  test('Case h03: numbers that a spreadsheet calculated with are refused by row', () => {
    const { rows } = readRollOf(tableFixture('h03-roll-float-numbers'));
    const refused = [2, 3].map((row) => ({ row, kind: 'malformed', reason: 'not-a-number' }));
    expect(rows).toEqual([{ row: 1, kind: 'heading' }, ...refused]);
  });

  test('Case h04: separators that tell numbers apart keep four people apart', () => {
    const { rows } = readRollOf(tableFixture('h04-roll-punctuation-collision'));
    const canonical = rows.flatMap((row) => (row.kind === 'person' ? [row.canonical] : []));
    expect(new Set(canonical).size).toBe(4);
  });

  test('Case h05: carriage returns alone end rows', () => {
    expect(people('h05-roll-cr-only')).toEqual(['1001', '1002']);
  });

  test.each([
    ['h06-batch-sep-line', 2],
    ['h07-batch-empty-table-rows', 1],
    ['h07-batch-trailing-delimiters', 2],
  ])('Case %s is a batch of all its ballots', (name, count) => {
    const { rows, wrong, fault } = readBatchOf(tableFixture(name), [motion]);
    expect([rows.length, wrong, fault]).toEqual([count, [], null]);
  });

  test('The plain writing of a table is the text that people expect', () => {
    expect(writeTable([['number'], ['1']], plain).toString()).toBe('number\n1\n');
  });
});
