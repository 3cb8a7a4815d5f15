// The rules of passwords: their length, and no common password. There are no other rules.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { passwordFault } from '../../../../src/services/access/password-rules.ts';
import { anyCharacter } from '../../../support/code-points.ts';

const owner = { email: 'milica.petrovic@skupstina.example', forename: 'Milica', surname: 'Petrović' };

describe('A rejected password', () => {
  test.each([
    'elevenchars',
    '',
    'a'.repeat(12),
    'abcabcabcabc',
    '123456789012',
    '9876543210987',
    'abcdefghijklm',
    'passwordpassword',
    'Password1234!',
    'P@ssw0rd2024!',
    'administrator1',
    'popvote-popvote',
    'PopVote2026!!',
    'qwertyuiop123',
    'izbori2026!!!!',
    'milica.petrovic',
    'milicapetrovic1987',
    'Petrović-Milica-1',
    'milica.petrovic@skupstina.example',
    'my milica.petrovic@skupstina.example',
    'skupstina12345',
    'x'.repeat(129),
  ])('The password "%s" is rejected', (password) => {
    const fault = passwordFault(password, owner);
    expect(fault).toMatch(/^[A-Z].*\.$/);
    if (password.length > 4) expect(fault).not.toContain(password);
  });
});

describe('An accepted password', () => {
  test.each([
    'copper lantern by the quiet river',
    'seven otters borrow a violin',
    'тихи фењер поред мирне реке',
    '安靜的河邊有一盞銅燈籠照亮',
    'k3v9x2q7m4t8',
    'XKQJZVBWNPRT',
    '73914620587316',
    'passwords are dull as dishwater',
    'é'.repeat(6) + 'çalm wind',
    'correct horse battery staple',
    `${'xy7 '.repeat(31)}zäö`,
  ])('The password "%s" is accepted', (password) => {
    expect(passwordFault(password, owner)).toBeNull();
  });

  test('Nearly every random text of twenty letters is accepted', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...Array.from('abcdefghijklmnopqrstuvwxyz')),
      minLength: 20,
      maxLength: 20,
    });
    fc.assert(
      fc.property(letters, (text) => new Set(text).size < 8 || passwordFault(text, owner) === null),
      { numRuns: 300 },
    );
  });
});

test('No text makes the rules fail', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyCharacter, maxLength: 300 }), (text) => {
      const fault = passwordFault(text, owner);
      return fault === null || fault.length > 10;
    }),
  );
});
