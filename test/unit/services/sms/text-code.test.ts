// What people really text when they are asked to text a code.
import { describe, expect, test } from 'vitest';
import { codeInText } from '../../../../src/services/sms/inbound/text-code.ts';
import { everyCharacter, everyZero } from '../../../support/code-points.ts';

test.each([
  ['48291375', '48291375'],
  ['4829 1375', '48291375'],
  ['4829-1375', '48291375'],
  ['  4829\u00a01375\n', '48291375'],
  ['４８２９１３７５', '48291375'],
  ['我的驗證碼是48291375，謝謝', '48291375'],
  ['My code is 48291375. Thanks!', '48291375'],
  ['Vote 1: 48291375', '48291375'],
  ['Vote 1 4829 1375', '48291375'],
  ['4 8 2 9 1 3 7 5', '48291375'],
  ['2026 48291375', '48291375'],
  ['48291375 and not 11111111', '48291375'],
  ['код 00000042', '00000042'],
  ['4829.1375', '48291375'],
  ['4829/1375', '48291375'],
  ['4829 – 1375', '48291375'],
  ['4829\n1375', '48291375'],
  ['4829\u20071375', '48291375'],
  ['4829\u202f1375', '48291375'],
  ['4829\u200b1375', '48291375'],
  ['\u202a48291375\u202c', '48291375'],
  ['48 29 13 75', '48291375'],
  ['4, 8, 2, 9, 1, 3, 7, 5', '48291375'],
  ['4.8.2.9.1.3.7.5', '48291375'],
  ['48-2 913 75', '48291375'],
  ['(4829) 1375', '48291375'],
  ['Vote 2: 48-29-13-75', '48291375'],
  ['٤٨٢٩١٣٧٥', '48291375'],
  ['۴۸۲۹ ۱۳۷۵', '48291375'],
  ['४८२९१३७५', '48291375'],
  ['𝟒𝟖𝟐𝟗𝟏𝟑𝟕𝟓', '48291375'],
  ['4️⃣8️⃣2️⃣9️⃣1️⃣3️⃣7️⃣5️⃣', '48291375'],
  ['4️⃣ 8️⃣ 2️⃣ 9️⃣ 1️⃣ 3️⃣ 7️⃣ 5️⃣', '48291375'],
  ['code48291375thanks', '48291375'],
  ['my phone is 064 1234567, the code is 48291375', '48291375'],
])('The text %j is read as %s', (body, code) => {
  expect(codeInText(body)).toBe(code);
});

test.each([
  '',
  'hello',
  '12345',
  '482913',
  '1234567',
  '4829137512',
  '4 8 2 9 1 3 7 5 5',
  '4829 and 1375',
  '4829 1375 5555',
  '1234567６7',
  'x'.repeat(5_000),
])('The text %j holds no code', (body) => {
  expect(codeInText(body)).toBeNull();
});

test('A hostile text of the largest size is read in a moment', () => {
  const started = performance.now();
  codeInText('1 '.repeat(50_000));
  codeInText('12345 '.repeat(50_000));
  codeInText('ﷺ'.repeat(50_000));
  codeInText('12 '.repeat(50_000));
  expect(performance.now() - started).toBeLessThan(100);
});

describe('A code with a sign of Unicode between its digits', () => {
  const signs = everyCharacter(/[\p{P}\p{Z}\p{Cf}]/u);
  test('Every space, dash, punctuation mark and invisible character separates its halves', () => {
    expect(signs.filter((sign) => codeInText(`4829${sign}1375`) !== '48291375')).toEqual([]);
  });
  test('Every set of decimal digits spells a code', () => {
    for (const zero of everyZero()) {
      const code = Array.from('48291375', (digit) => String.fromCodePoint(zero + Number(digit))).join('');
      expect(codeInText(`Code: ${code}!`)).toBe('48291375');
    }
  });
});
