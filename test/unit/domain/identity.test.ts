// Numbers that must pass beside numbers that must not.
import { describe, expect, test } from 'vitest';
import { canonicalIdentity } from '../../../src/domain/identity.ts';
import { hkid } from '../../support/identities.ts';

describe('Hong Kong identity card numbers', () => {
  test.each([
    ['A1234563', 'A1234563'],
    ['a123456(3)', 'A1234563'],
    [' G 123456 A ', 'G123456A'],
    ['Ａ１２３４５６３', 'A1234563'],
    ['AB987654(3)', 'AB9876543'],
  ])('The identity card number %s is read as %s', (number, canonical) => {
    expect(canonicalIdentity('hkid', number)).toEqual({ ok: true, canonical });
  });
  test.each([
    ['A1234564', 'check-digit'],
    ['A123456', 'shape'],
    ['ABC123456', 'shape'],
    ['', 'shape'],
    ['A'.repeat(65), 'shape'],
  ])('The identity card number %s is rejected: %s', (number, fault) => {
    expect(canonicalIdentity('hkid', number)).toEqual({ ok: false, fault });
  });
  test('One wrong digit anywhere is caught', () => {
    const number = hkid(123_456);
    for (let at = 1; at < 7; at += 1) {
      const digit = Number(number[at]);
      const wrong = number.slice(0, at) + String((digit + 1) % 10) + number.slice(at + 1);
      expect(canonicalIdentity('hkid', wrong)).toEqual({ ok: false, fault: 'check-digit' });
    }
  });
});

describe('Unique master citizen numbers', () => {
  test.each([['0101990710008'], ['0101990 710008'.replace(' ', '')]])('%s passes the check', (number) => {
    expect(canonicalIdentity('jmbg', number)).toEqual({ ok: true, canonical: number });
  });
  test.each([
    ['0101999888815', 'check-digit'],
    ['3002990710000', 'date'],
    ['0013990710000', 'date'],
    ['010199071000', 'shape'],
    ['010199071000A', 'shape'],
  ])('The citizen number %s is rejected: %s', (number, fault) => {
    expect(canonicalIdentity('jmbg', number)).toEqual({ ok: false, fault });
  });
  test('Each twelve digits have one check digit, which is 0 for the remainders 0 and 1', () => {
    for (let serial = 0; serial < 1_000; serial += 1) {
      const digits = `010199071${String(serial).padStart(3, '0')}`;
      const fitting = Array.from('0123456789').filter((check) => canonicalIdentity('jmbg', digits + check).ok);
      const sum = Array.from(digits).reduce((total, digit, at) => total + Number(digit) * (7 - (at % 6)), 0);
      expect(fitting, digits).toEqual([String(((11 - (sum % 11)) % 11) % 10)]);
    }
  });
  test('A number whose remainder is 1 passes with the check digit 0', () => {
    expect(canonicalIdentity('jmbg', '0101990710130')).toEqual({ ok: true, canonical: '0101990710130' });
    expect(canonicalIdentity('jmbg', '0101990710131')).toEqual({ ok: false, fault: 'check-digit' });
  });
  test('29 February exists in leap years only', () => {
    expect(canonicalIdentity('jmbg', '2902001710000')).toEqual({ ok: false, fault: 'date' });
    expect(canonicalIdentity('jmbg', '2902000710000')).not.toEqual({ ok: false, fault: 'date' });
  });
});

describe('Other schemes', () => {
  test('The phone-only scheme takes no number', () => {
    expect(canonicalIdentity('phone-only', undefined)).toEqual({ ok: true, canonical: '' });
    expect(canonicalIdentity('phone-only', 'A1234563')).toEqual({ ok: false, fault: 'unexpected' });
  });
  test('The roll number scheme keeps letters, digits and the separators between them', () => {
    expect(canonicalIdentity('roll', 'ab-12/34 x')).toEqual({ ok: true, canonical: 'AB-12/34X' });
    expect(canonicalIdentity('roll', '<script>')).toEqual({ ok: false, fault: 'shape' });
    expect(canonicalIdentity('roll', undefined)).toEqual({ ok: false, fault: 'missing' });
  });
});
