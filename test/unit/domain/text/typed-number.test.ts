// Numbers as people type and paste them: what cannot be seen is dropped, and every script's digits are digits.
import { describe, expect, test } from 'vitest';
import { canonicalIdentity } from '../../../../src/domain/identity.ts';
import {
  typedCount,
  typedDecimal,
  typedNumber,
  typedNumberUnitsMax,
  withoutSeparators,
} from '../../../../src/domain/text/typed-number.ts';
import { e164 } from '../../../../src/platform/phone/phone-number.ts';
import { codeRequest } from '../../../../src/protocol/public-api.ts';
import { everyCharacter, everyZero } from '../../../support/code-points.ts';

const unseen = everyCharacter(/[\p{Cf}\p{Z}\s]|(?!\p{Cn})\p{Default_Ignorable_Code_Point}/u);
const separators = everyCharacter(/[\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\u2212]/u);
const digitSets = everyZero();
const inDigits = (text: string, zero: number): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));

const code = (text: string): unknown => codeRequest.safeParse({ code: text }).data?.code;
const identity = (scheme: 'hkid' | 'jmbg') => (text: string) => {
  const read = canonicalIdentity(scheme, text);
  return read.ok ? read.canonical : read.fault;
};

/** Each input of a number: halves, between which a character is put, and the canonical form. */
const inputs = [
  { name: 'phone', read: (text: string) => e164(text, 'HK'), head: '+381641', tail: '234567', right: '+381641234567' },
  { name: 'local phone', read: (text: string) => e164(text, 'HK'), head: '6123', tail: '4567', right: '+85261234567' },
  { name: 'JMBG', read: identity('jmbg'), head: '2812961', tail: '710040', right: '2812961710040' },
  { name: 'HKID', read: identity('hkid'), head: 'A123', tail: '4563', right: 'A1234563' },
  { name: 'code', read: code, head: '1234', tail: '5678', right: '12345678' },
] as const;

describe.each(inputs)('A $name that is typed or pasted', ({ read, head, tail, right }) => {
  const wrongWith = (characters: readonly string[], place: (character: string) => string): string[] =>
    characters.filter((character) => read(place(character)) !== right);

  test('Every invisible character and space is dropped before, between and after', () => {
    expect(wrongWith(unseen, (one) => `${one}${head}${tail}${one}`)).toEqual([]);
    expect(wrongWith(unseen, (one) => `${head}${one}${tail}`)).toEqual([]);
  });

  test('Every dash, bracket and quotation mark separates groups', () => {
    expect(wrongWith(separators, (one) => `${head}${one}${tail}`)).toEqual([]);
  });

  test('The digits of every script are digits', () => {
    expect(digitSets.filter((zero) => read(inDigits(head + tail, zero)) !== right)).toEqual([]);
  });

  test('Keycap emoji and signs of direction are read through', () => {
    expect(read((head + tail).replace(/\d/g, '$&\uFE0F\u20E3'))).toBe(right);
    expect(read(`\u202d${head} ${tail}\u202c`)).toBe(right);
    expect(read(`\u2066${head}\u00ad\u2011${tail}\u2069`)).toBe(right);
  });

  test('A text of more units than are read is no number', () => {
    expect(read(head + tail + ' '.repeat(typedNumberUnitsMax))).not.toBe(right);
  });
});

describe('Digits of all scripts', () => {
  test('Every numbering system of the engine counts as it writes', () => {
    for (const numberingSystem of Intl.supportedValuesOf('numberingSystem')) {
      const text = new Intl.NumberFormat('en', { numberingSystem, useGrouping: false }).format(9_876_543_210);
      // `hanidec` writes with ideographs, which are letters.
      if (/^\p{Nd}+$/u.test(text)) expect(typedNumber(text), numberingSystem).toBe('9876543210');
    }
  });

  test('Every decimal digit is one of ten', () => {
    const digits = everyCharacter(/\p{Nd}/u);
    expect(digits.length % 10).toBe(0);
    expect(digits.map(typedNumber)).toEqual(digits.map((_, at) => String(at % 10)));
  });
});

test('Every default-ignorable code point is dropped, also those that are not assigned yet', () => {
  const ignorable = everyCharacter(/\p{Default_Ignorable_Code_Point}/u);
  expect(ignorable.filter((one) => typedNumber(`1${one}2`) !== '12')).toEqual([]);
});

describe('The separators of a number', () => {
  test('They stay in a typed number and go from one without them', () => {
    expect(typedNumber(' 1\u2044 11 ')).toBe('1\u204411');
    expect(typedNumber('1/11 − 2')).toBe('1/11-2');
    expect(withoutSeparators('1/11 − 2')).toBe('1112');
  });

  test('A letter is never a separator', () => {
    expect(withoutSeparators('12 ili 34')).toBe('12ili34');
    expect(e164('+85261234567 or +85261234568', 'HK')).toBeNull();
    expect(code('12x34')).toBeUndefined();
  });
});

describe('Typed counts and decimals', () => {
  test.each([
    ['12', 12],
    [' １２ ', 12],
    ['\u200f١٢', 12],
    ['0', 0],
    ['', NaN],
    ['1,000', NaN],
    ['1.5', NaN],
    ['-3', NaN],
    ['1e3', NaN],
  ])('The count %j is %d', (text, count) => {
    expect(typedCount(text)).toBe(count);
  });
  test.each([
    ['4.5', 4.5],
    ['4,5', 4.5],
    ['٤٫٥', 4.5],
    ['３', 3],
    ['', NaN],
    ['1,2,3', NaN],
    ['-1', NaN],
    ['0x10', NaN],
  ])('The decimal %j is %d', (text, decimal) => {
    expect(typedDecimal(text)).toBe(decimal);
  });
});
