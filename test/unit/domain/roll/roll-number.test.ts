// The number of a person on a roll: what people add or leave out when they type is folded, and what tells two people
// apart is kept.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalIdentity } from '../../../../src/domain/identity.ts';
import { canonicalRollNumber } from '../../../../src/domain/roll/roll-number.ts';
import { createRollWarnings } from '../../../../src/domain/roll/roll-warnings.ts';
import { anyCharacter } from '../../../support/code-points.ts';

const ascii = fc.constantFrom(...Array.from('ABCXYZ0123456789'));
const part = fc.array(ascii, { minLength: 1, maxLength: 6 }).map((characters) => characters.join(''));
const separator = fc.constantFrom('-', '/', '.', '_', ':');
const number = fc
  .tuple(part, fc.array(fc.tuple(separator, part), { maxLength: 3 }))
  .map(([first, rest]) => first + rest.map((each) => each.join('')).join(''));
const folded = fc.constantFrom(' ', '\u00A0', '\u200B', '\u200E', '\u00AD', '\uFEFF', '(', ')', '（', '）', '\u2009');
/** Digits, hyphens and letters as other keyboards write them. */
const variants: Readonly<Record<string, readonly string[]>> = {
  '1': ['1', '１', '١', '۱', '१', '๑', '𝟙', '𑛛'],
  '9': ['9', '９', '٩', '९', '𝟡'],
  '-': ['-', '‐', '‑', '–', '—', '－', '−', '﹣'],
  '/': ['/', '／', '⁄', '∕'],
  '.': ['.', '．', '。'],
  A: ['A', 'a', 'Ａ', 'ａ'],
};

describe('A roll number', () => {
  test('Numbers that differ in letters, digits or separators are never one person', () => {
    fc.assert(
      fc.property(number, number, (one, other) => {
        expect(canonicalRollNumber(one)).toBe(one);
        expect(canonicalRollNumber(one) === canonicalRollNumber(other)).toBe(one === other);
      }),
      { numRuns: 1_000 },
    );
  });

  test('A number is the same person however it is typed, and in the roll as in the vote', () => {
    const typed = number.chain((text) =>
      fc
        .tuple(
          ...Array.from(text, (character) =>
            fc.tuple(fc.constantFrom(...(variants[character] ?? [character])), fc.option(folded)),
          ),
        )
        .map((pieces) => ({ text, spelling: pieces.map(([character, more]) => character + (more ?? '')).join('') })),
    );
    fc.assert(
      fc.property(typed, ({ text, spelling }) => {
        expect(canonicalRollNumber(spelling)).toBe(text);
        if (spelling.length <= 64) expect(canonicalIdentity('roll', spelling)).toEqual({ ok: true, canonical: text });
      }),
      { numRuns: 1_000 },
    );
  });

  test('The canonical form of any text is its own canonical form, or the text is no number', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 40 }), (text) => {
        const canonical = canonicalRollNumber(text);
        if (canonical !== null) expect(canonicalRollNumber(canonical)).toBe(canonical);
      }),
      { numRuns: 2_000 },
    );
  });

  test('Letters of any script are taken, and combining marks have one form', () => {
    expect(canonicalRollNumber('Ђ-１２')).toBe('Ђ-12');
    expect(canonicalRollNumber('會員１２號')).toBe('會員12號');
    expect(canonicalRollNumber('c\u030C1')).toBe(canonicalRollNumber('Č1'));
    for (const text of ['', '-1', '1-', '1--1', '=1', "'1", '1,5', '²', '🗳️']) {
      expect([text, canonicalRollNumber(text)]).toEqual([text, null]);
    }
  });
});

describe('The warnings of a roll', () => {
  const kindsOf = (numbers: readonly string[]): string[] => {
    const warnings = createRollWarnings();
    for (const [index, each] of numbers.entries()) warnings.add(index + 2, each, canonicalRollNumber(each) ?? '');
    return warnings.list().map(({ kind }) => kind);
  };

  test('Uniform numbers give no warning, and each unusual kind gives its own', () => {
    const usual = Array.from({ length: 20 }, (_, index) => String(100_000 + index));
    expect(kindsOf(usual)).toEqual([]);
    expect(kindsOf([...usual, '1234'])).toEqual(['mixed-lengths']);
    expect(kindsOf([...usual, 'TOTAL'])).toEqual(['letters-among-digits']);
    expect(kindsOf([...usual, '12.5'])).toEqual(['decimal-point']);
    expect(kindsOf([...usual, '1E12'])).toEqual(['letters-among-digits', 'exponent']);
    expect(kindsOf([...usual, '11-Jan'])).toEqual(['letters-among-digits', 'date']);
    expect(kindsOf([...usual, '2026-11-01'])).toEqual(['date']);
    expect(kindsOf(['A1', 'B22', 'C333'])).toEqual([]);
  });

  test('A warning counts all rows and names the first ten', () => {
    const warnings = createRollWarnings();
    for (let row = 1; row <= 100; row += 1) warnings.add(row, '100000', '100000');
    for (let row = 101; row <= 130; row += 1) warnings.add(row, '1', '1');
    const rows = Array.from({ length: 10 }, (_, index) => 101 + index);
    expect(warnings.list()).toEqual([{ kind: 'mixed-lengths', count: 30, rows }]);
  });
});
