// One spelling of each phone number, and none for other texts.
import { describe, expect, test } from 'vitest';
import { e164 } from '../../../src/platform/phone/phone-number.ts';
import { phone } from '../../support/identities.ts';

describe('The one spelling of a number', () => {
  test.each([
    ['6123 4567', 'HK', '+85261234567'],
    ['61234567', 'HK', '+85261234567'],
    ['+852 6123 4567', undefined, '+85261234567'],
    ['+852-6123-4567', 'RS', '+85261234567'],
    ['(+852) 61234567', 'HK', '+85261234567'],
    ['+８５２６１２３４５６７', undefined, '+85261234567'],
    ['　6123 4567　', 'HK', '+85261234567'],
    ['064 123 4567', 'RS', '+381641234567'],
    ['064/123-45-67', 'RS', '+381641234567'],
    ['+381 (0)64 1234567', 'HK', '+381641234567'],
    ['+1 202 555 0143', 'HK', '+12025550143'],
  ] as const)('The number %s in %s is %s', (text, region, canonical) => {
    expect(e164(text, region)).toBe(canonical);
  });

  test('A number reads back as itself', () => {
    for (let n = 0; n < 200; n += 1) expect(e164(phone(n * 7_919), 'HK')).toBe(phone(n * 7_919));
  });
});

describe('A text that is no number', () => {
  test.each([
    ['', 'HK'],
    ['hello', 'HK'],
    ['61234567', undefined],
    ['6123', 'HK'],
    ['612345678901234567', 'HK'],
    ['+852', undefined],
    ['+999 123 456 789', undefined],
    ['my number is +85261234567, thanks', 'HK'],
    ['+85261234567 or +85261234568', 'HK'],
    ['+85261234567 ext. 5', 'HK'],
    ['+85261234567;ext=5', 'HK'],
    ['+85261234567\u0000', 'HK'],
    ['6'.repeat(300), 'HK'],
    ['+'.repeat(300), 'HK'],
  ] as const)('The text %j in %s is no number', (text, region) => {
    expect(e164(text, region)).toBeNull();
  });
});

test('A text of any length is rejected at once', () => {
  const started = performance.now();
  for (const text of ['6', '+', ' ', '(', '-', '+852 ']) expect(e164(text.repeat(100_000), 'HK')).toBeNull();
  expect(performance.now() - started).toBeLessThan(500);
});
