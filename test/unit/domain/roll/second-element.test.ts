// The second element of a person on a roll: a PIN or a birth date is the same person however it is typed, and what could
// be read in two ways is not read.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSecondHeading } from '../../../../src/domain/roll/roll-headings.ts';
import type { AskedColumns } from '../../../../src/domain/roll/roll-layout.ts';
import { createRollWarnings } from '../../../../src/domain/roll/roll-warnings.ts';
import { canonicalSecond } from '../../../../src/domain/roll/second-element.ts';
import type { SecondElement, SecondSource } from '../../../../src/domain/roll/second-element.ts';
import { withPlainSigns } from '../../../../src/domain/text/typed-number.ts';
import { everyZero } from '../../../support/code-points.ts';
import { readRollOf } from '../../../support/tables.ts';

const read = (kind: SecondElement, text: string, source: SecondSource): string | null =>
  canonicalSecond(kind, withPlainSigns(text), source);

/** All characters for a digit, in every script. */
const zeros = everyZero();
const spellingsOfDigit = Array.from({ length: 10 }, (_, value) =>
  zeros.map((zero) => String.fromCodePoint(zero + value)),
);
const invisible = fc.constantFrom('', '', '', '\u200B', '\u200E', '\uFEFF', '\u2060');
const inAnyDigits = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...Array.from(text, (character) =>
        fc.tuple(
          /[0-9]/.test(character)
            ? fc.constantFrom(...(spellingsOfDigit[Number(character)] ?? []))
            : fc.constant(character),
          invisible,
        ),
      ),
    )
    .map((pieces) => pieces.flat().join(''));
const digits = (least: number, most: number) =>
  fc
    .array(fc.constantFrom(...Array.from('0123456789')), { minLength: least, maxLength: most })
    .map((each) => each.join(''));
const date = fc
  .date({ min: new Date('1800-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true })
  .map((moment) => moment.toISOString().slice(0, 10));
const partsOf = (iso: string) => {
  const [year = '', month = '', day = ''] = iso.split('-');
  return { year, month, day };
};

describe('A PIN of a person', () => {
  test('A PIN is its digits in any script, and zeros at its beginning count', () => {
    fc.assert(
      fc.property(
        digits(4, 12).chain((pin) => fc.tuple(fc.constant(pin), inAnyDigits(pin))),
        ([pin, spelling]) => {
          for (const source of ['typed', 'file'] as const) expect(read('pin', spelling, source)).toBe(pin);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(read('pin', ' 00 42 ', 'typed')).toBe('0042');
    expect(read('pin', '042', 'typed')).toBe(null);
  });

  test('What is not of 4 to 12 digits is no PIN, and neither are numbers of a spreadsheet', () => {
    for (const text of [
      '',
      '123',
      '1234567890123',
      '1234.0',
      '1,234',
      '1.2E+05',
      '12-34',
      '-1234',
      'A234',
      '１²34',
      '#REF!',
    ]) {
      for (const source of ['typed', 'file'] as const) expect([text, read('pin', text, source)]).toEqual([text, null]);
    }
  });
});

describe('A birth date of a person', () => {
  test('Every date of the calendar is read in each spelling, with digits of any script', () => {
    fc.assert(
      fc.property(
        date.chain((iso) => {
          const { year, month, day } = partsOf(iso);
          const short = (part: string): string => String(Number(part));
          return fc.tuple(
            fc.constant(iso),
            fc
              .constantFrom(
                iso,
                `${year}.${month}.${day}.`,
                `${year}/${short(month)}/${short(day)}`,
                `${year} ${month} ${day}`,
                `${year}年${short(month)}月${short(day)}日`,
                `${year} 年 ${month} 月 ${day} 日`,
                `${day}.${month}.${year}.`,
                ` ${short(day)}. ${short(month)}. ${year}`,
                `${day}．${month}。${year}`,
              )
              .chain(inAnyDigits),
          );
        }),
        ([iso, spelling]) => {
          for (const source of ['typed', 'file'] as const) {
            expect([spelling, read('birth-date', spelling, source)]).toEqual([spelling, iso]);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('A date with the day first and without full stops is read from a voter and never from a file', () => {
    fc.assert(
      fc.property(date, fc.constantFrom('/', '-', ' ', '／', '–'), (iso, separator) => {
        const { year, month, day } = partsOf(iso);
        const text = [day, month, year].join(separator);
        expect(read('birth-date', text, 'typed')).toBe(iso);
        expect(read('birth-date', text, 'file')).toBe(null);
      }),
    );
    expect(read('birth-date', '12/31/1980', 'typed')).toBe(null);
  });

  test('Days that the calendar does not have, short years, serial numbers and mixed separators are no dates', () => {
    for (const text of [
      '',
      '1981-02-29',
      '29.2.1900',
      '31.4.1980',
      '0.1.1980',
      '1980-13-01',
      '31.12.80',
      '1.1.980',
      '29586',
      '31121980',
      '19801231',
      '1980-12.31',
      '1980年12.31',
      '31.12-1980',
      '1980-12-31 00:00:00',
      '31. dec 1980',
      '1780-01-01',
      '2100-01-01',
      '年月日',
    ]) {
      for (const source of ['typed', 'file'] as const) {
        expect([text, read('birth-date', text, source)]).toEqual([text, null]);
      }
    }
    expect(read('birth-date', '29.2.2000', 'file')).toBe('2000-02-29');
  });

  test('Two texts of the same date or PIN have the same form, and other texts never do', () => {
    fc.assert(
      fc.property(date, date, (one, other) => {
        expect(read('birth-date', one, 'file') === read('birth-date', other, 'file')).toBe(one === other);
      }),
    );
  });
});

describe('A roll with a second element', () => {
  const pin = { second: { kind: 'pin' } } as const;
  const kindOf = (text: string, choice: AskedColumns): string | null => {
    const { fault } = readRollOf(text, choice);
    return fault === null ? null : (fault.question?.kind ?? 'file');
  };
  const pairs = (text: string, choice: AskedColumns): string[][] => {
    const { rows, fault } = readRollOf(text, choice);
    expect(fault).toBe(null);
    return rows.flatMap((row) => (row.kind === 'person' ? [[row.spelling, row.second]] : []));
  };

  test('The column is found by a known heading, a name or a position, and is never guessed', () => {
    expect(pairs('number;PIN\n1001;0042\n', pin)).toEqual([['1001', '0042']]);
    expect(pairs('number;Kod\n1001;0042\n', { second: { kind: 'pin', column: 'kod' } })).toEqual([['1001', '0042']]);
    expect(pairs('1001;0042\n', { column: '1', second: { kind: 'pin', column: '2' } })).toEqual([['1001', '0042']]);
    expect(kindOf('number;Kod\n1001;0042\n', pin)).toBe('second');
    expect(kindOf('number;PIN;PIN\n1001;0042;0042\n', pin)).toBe('second');
    expect(kindOf('1001;0042\n', { column: '1', heading: 0, second: { kind: 'pin' } })).toBe('second');
    expect(kindOf('number;PIN\n1001;0042\n', { second: { kind: 'pin', column: 'number' } })).toBe('second');
    expect(kindOf('number;PIN\n1001;0042\n', { second: { kind: 'pin', column: '3' } })).toBe('unknown');
    expect(kindOf('number;PIN\n1001;0042\n', { second: { kind: 'birth-date' } })).toBe('second');
    expect(pairs('number;PIN\n1001;0042\n', {})).toEqual([['1001', '']]);
  });

  test('Headings of second elements are known in every language', () => {
    for (const heading of ['PIN', 'Pin code', 'PIN-kod', 'ПИН', '密碼', '密码']) {
      expect([heading, isSecondHeading('pin', heading)]).toEqual([heading, true]);
      expect(isSecondHeading('birth-date', heading)).toBe(false);
    }
    for (const heading of [
      'Birth date',
      'DATE OF BIRTH',
      'Datum rodjenja',
      'Datum rođenja',
      'Датум рођења',
      '出生日期',
    ]) {
      expect([heading, isSecondHeading('birth-date', heading)]).toEqual([heading, true]);
      expect(isSecondHeading('pin', heading)).toBe(false);
    }
  });

  test('A row without a readable second element is malformed by its row, and a date with slashes is', () => {
    const { rows } = readRollOf('number,Birth date\n1,31.12.1980.\n2,31/12/1980\n3,\n4,12/31/1980\n5,1980/12/31\n', {
      second: { kind: 'birth-date' },
    });
    expect(rows.slice(1).map((row) => (row.kind === 'person' ? row.second : row.kind))).toEqual([
      '1980-12-31',
      'malformed',
      'malformed',
      'malformed',
      '1980-12-31',
    ]);
    expect(rows[2]).toEqual({ row: 3, kind: 'malformed', reason: 'second-element' });
  });

  test('PINs of another length than most are warned of, because zeros may be lost', () => {
    const warnings = createRollWarnings();
    for (const [index, each] of ['001234', '123456', '1234', '654321'].entries()) {
      warnings.add(index + 2, '1001', '1001', each);
    }
    expect(warnings.list()).toEqual([{ kind: 'mixed-pin-lengths', count: 1, rows: [4] }]);
  });

  test('A number with more characters than anyone types is malformed and not sealed', () => {
    const { rows } = readRollOf(`number;PIN\n1${'\u200B'.repeat(300)};1234\n`, pin);
    expect(rows[1]).toEqual({ row: 2, kind: 'malformed', reason: 'too-long' });
  });
});
