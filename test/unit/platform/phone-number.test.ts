// One spelling of each phone number, and none for other texts.
import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import metadata from 'libphonenumber-js/min/metadata';
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

describe('A number that is written in E.164', () => {
  const plans = Object.entries({ ...metadata.countries, ...metadata.nonGeographic }) as [string, string[]][];
  /** Numbers drawn for each country. */
  const drawCount = 40;
  const byLibrary = (text: string): string | null => {
    const parsed = parsePhoneNumberFromString(text, { extract: false });
    return parsed?.isValid() ? parsed.number : null;
  };
  const digits = fc.stringMatching(/^[0-9]{1,3}$/);
  /** A number of a country, and texts near it: with a prefix, with a digit more, less or changed, or of any digits. */
  const textsOf = ([callingCode = '', , pattern = '']: readonly string[]): fc.Arbitrary<string> => {
    const national = fc.stringMatching(new RegExp(`^(?:${pattern})$`));
    const near = fc.oneof(
      { weight: 3, arbitrary: national },
      fc.tuple(digits, national).map((parts) => parts.join('')),
      fc.tuple(national, digits).map((parts) => parts.join('')),
      national.map((text) => text.slice(1)),
      national.map((text) => text.slice(0, -1)),
      fc.tuple(national, fc.nat(14), digits).map(([text, at, more]) => text.slice(0, at) + more + text.slice(at + 1)),
      fc.stringMatching(/^[0-9]{4,14}$/),
    );
    return near.map((text) => `+${callingCode}${text}`);
  };

  test('The library says the same of it, in every country, and of texts that are nearly one', () => {
    let valid = 0;
    for (const [country, plan] of plans) {
      for (const text of fc.sample(textsOf(plan), drawCount)) {
        const expected = byLibrary(text);
        if (expected === text) valid += 1;
        expect(e164(text, 'HK'), `${country} ${text}`).toBe(expected);
      }
    }
    expect(plans.length).toBeGreaterThan(240);
    expect(valid).toBeGreaterThan(3_000);
  });
});
