// What people really text when they are asked to text a code.
import { expect, test } from 'vitest';
import { codeInText } from '../../../../src/services/sms/inbound/text-code.ts';

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
])('The text %j is read as %s', (body, code) => {
  expect(codeInText(body)).toBe(code);
});

test.each(['', 'hello', '12345', '1234567', '4829131234', '4 8 2 9 1 3 5', '482.913', '12345６7', 'x'.repeat(5_000)])(
  'The text %j holds no code',
  (body) => {
    expect(codeInText(body)).toBeNull();
  },
);

test('A hostile text of the largest size is read in a moment', () => {
  const started = performance.now();
  codeInText('1 '.repeat(50_000));
  codeInText('12345 '.repeat(50_000));
  codeInText('ﷺ'.repeat(50_000));
  expect(performance.now() - started).toBeLessThan(100);
});
