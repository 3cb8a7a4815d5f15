// What people really text when they are asked to text a code.
import { describe, expect, test } from 'vitest';
import { codeInText } from '../../../../src/services/sms/inbound/text-code.ts';
import { everyCharacter, everyZero } from '../../../support/code-points.ts';

test.each([
  ['482913', '482913'],
  ['482 913', '482913'],
  ['482-913', '482913'],
  ['  482\u00a0913\n', '482913'],
  ['４８２９１３', '482913'],
  ['我的驗證碼是482913，謝謝', '482913'],
  ['My code is 482913. Thanks!', '482913'],
  ['Vote 1: 482913', '482913'],
  ['Vote 1 482 913', '482913'],
  ['4 8 2 9 1 3', '482913'],
  ['2026 482913', '482913'],
  ['482913 and not 111111', '482913'],
  ['код 000042', '000042'],
  ['482.913', '482913'],
  ['482/913', '482913'],
  ['482 – 913', '482913'],
  ['482\n913', '482913'],
  ['482\u2007913', '482913'],
  ['482\u202f913', '482913'],
  ['482\u200b913', '482913'],
  ['\u202a482913\u202c', '482913'],
  ['48 29 13', '482913'],
  ['4, 8, 2, 9, 1, 3', '482913'],
  ['4.8.2.9.1.3', '482913'],
  ['48-2 913', '482913'],
  ['(482) 913', '482913'],
  ['Vote 2: 48-29-13', '482913'],
  ['٤٨٢٩١٣', '482913'],
  ['۴۸۲ ۹۱۳', '482913'],
  ['४८२९१३', '482913'],
  ['𝟒𝟖𝟐𝟗𝟏𝟑', '482913'],
  ['4️⃣8️⃣2️⃣9️⃣1️⃣3️⃣', '482913'],
  ['4️⃣ 8️⃣ 2️⃣ 9️⃣ 1️⃣ 3️⃣', '482913'],
  ['code482913thanks', '482913'],
  ['my phone is 064 1234567, the code is 482913', '482913'],
])('The text %j is read as %s', (body, code) => {
  expect(codeInText(body)).toBe(code);
});

test.each([
  '',
  'hello',
  '12345',
  '1234567',
  '4829131234',
  '4 8 2 9 1 3 5',
  '482 and 913',
  '482 913 555',
  '12345６7',
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
    expect(signs.filter((sign) => codeInText(`482${sign}913`) !== '482913')).toEqual([]);
  });
  test('Every set of decimal digits spells a code', () => {
    for (const zero of everyZero()) {
      const code = Array.from('482913', (digit) => String.fromCodePoint(zero + Number(digit))).join('');
      expect(codeInText(`Code: ${code}!`)).toBe('482913');
    }
  });
});
