// A row of paper ballots has one form, however it was written; what is wrong with a line is said; and what its numbers
// mean is judged by the same rules as a ballot that is cast.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeCells, readHeading, readRow } from '../../../src/domain/batch-row.ts';
import type { Contest } from '../../../src/domain/election.ts';
import { delimiters } from '../../../src/domain/tables/table-rows.ts';
import { anyCharacter } from '../../support/code-points.ts';
import { readBatchOf } from '../../support/tables.ts';

const contest = (id: string, changes: Partial<Contest> = {}): Contest => ({
  id,
  title: { en: id },
  method: 'approval',
  minChoices: 1,
  maxChoices: 3,
  abstain: true,
  options: Array.from({ length: 12 }, (_, index) => ({ id: `o-${index + 1}`, number: index + 1, title: { en: 'x' } })),
  ...changes,
});
const one = [contest('a', { maxChoices: 1 })];
const two = [contest('a'), contest('b', { maxChoices: 1, abstain: false })];

describe('Any ballot', () => {
  const spelling = fc.record({
    guid: fc.uuid(),
    choices: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
    number: fc.integer({ min: 1, max: 12 }),
    delimiter: fc.constantFrom(...delimiters),
    upper: fc.boolean(),
    braces: fc.boolean(),
    quotes: fc.boolean(),
    zeros: fc.integer({ min: 0, max: 3 }),
    space: fc.constantFrom('', ' ', '  '),
    join: fc.constantFrom('+', ' ', ' + ', '+ ', '   '),
  });

  test('Any spelling of a ballot is the same row, and the same row read again is itself', () => {
    fc.assert(
      fc.property(spelling, ({ guid, choices, number, delimiter, upper, braces, quotes, zeros, space, join }) => {
        const sorted = [...choices].sort((a, b) => a - b).join('+');
        const expected = `${guid.toLowerCase()},${sorted},${number}`;
        const cased = upper ? guid.toUpperCase() : guid;
        const cell = (text: string): string => space + (quotes ? `"${space}${text}${space}"` : text) + space;
        const cells = [
          cell(braces ? `{${cased}}` : cased),
          cell(choices.map((choice) => '0'.repeat(zeros) + String(choice)).join(join)),
          cell(String(number)),
        ];
        const line = cells.join(delimiter);
        expect(readBatchOf(line, two)).toMatchObject({ rows: [expected], findings: { delimiter, heading: false } });
        expect(readRow(two, expected.split(','))).toEqual({ ok: true, text: expected });
      }),
    );
  });

  test('Any ballot is valid with its choices by their numbers, or names the contest that is not', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 15 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 15 }),
        (choices, number) => {
          const cells = `${[...choices].sort((a, b) => a - b).join('+')},${number}`;
          const verdict = judgeCells(two, cells);
          const first =
            choices.length <= 3 && new Set(choices).size === choices.length && choices.every((choice) => choice <= 12);
          const valid = first && number <= 12;
          expect(verdict.valid).toBe(valid);
          if (!verdict.valid) expect(verdict.contestId).toBe(first ? 'b' : 'a');
          else {
            const { contests } = JSON.parse(verdict.ballot) as { contests: { choices: string[] }[] };
            const expected = [...choices].sort((a, b) => a - b).map((choice) => `o-${choice}`);
            expect(contests.map((answer) => answer.choices)).toEqual([expected, [`o-${number}`]]);
          }
        },
      ),
    );
  });
});

test('Any line at all is either a row of the one form or reported as wrong, and never anything else', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: anyCharacter, maxLength: 60 }), { maxLength: 4 }), (cells) => {
      const read = readRow(one, cells);
      if (read.ok) expect(read.text).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12},([1-9]\d*)?$/);
      else for (const { detail } of read.faults) expect(detail).toMatch(/^[A-Z].*\.$/s);
    }),
    { numRuns: 2_000 },
  );
});

test('A heading is recognised by the name of its first column, and only above text', () => {
  for (const line of ['guid,a', 'GUID , A', 'Ballot GUID,poll number', 'id,number', 'ballot_id,x']) {
    expect([line, readHeading(one, line.split(','))]).toEqual([line, { ok: true }]);
  }
  for (const line of ['guid,1', 'guid,', 'number,guid', 'x,a', '728a5df9,a', '']) {
    expect([line, readHeading(one, line.split(','))]).toEqual([line, null]);
  }
  expect(readHeading(two, 'guid,a'.split(','))).toMatchObject({ ok: false });
  expect(readHeading(two, 'guid,b,a'.split(','))).toMatchObject({ ok: false });
  expect(readHeading(two, 'guid,first,b'.split(','))).toEqual({ ok: true });
});
