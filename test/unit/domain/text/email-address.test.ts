// Addresses of users in one spelling, with domains of every script, and without look-alikes.
import { describe, expect, test } from 'vitest';
import { emailAddress, emailCharactersMax } from '../../../../src/domain/text/email-address.ts';
import { everyCharacter } from '../../../support/code-points.ts';

const addressOf = (text: string): string => {
  const read = emailAddress(text);
  return read.ok ? read.address : read.fault;
};

describe('E-mail addresses in one spelling', () => {
  test.each([
    ['ana.anic@example.org', 'ana.anic@example.org'],
    [' Ana.Anic@Example.ORG\n', 'ana.anic@example.org'],
    ['\u202aana@example.org\u202c', 'ana@example.org'],
    ['ａｎａ＠ｅｘａｍｐｌｅ．ｏｒｇ', 'ana@example.org'],
    ['ana@bücher.example', 'ana@xn--bcher-kva.example'],
    ['ana@BÜCHER.example', 'ana@xn--bcher-kva.example'],
    ['ana@bu\u0308cher.example', 'ana@xn--bcher-kva.example'],
    ['ana@xn--bcher-kva.example', 'ana@xn--bcher-kva.example'],
    ['petar@пошта.срб', 'petar@xn--80a1acn3a.xn--90a3ac'],
    ['ming@例子。香港', 'ming@xn--fsqu00a.xn--j6w193g'],
    ["o'brien+vote@example.org", "o'brien+vote@example.org"],
    ['ana\u2011maria@example.org', 'ana-maria@example.org'],
  ])('The address %j is stored as %s', (text, address) => {
    expect(addressOf(text)).toBe(address);
    expect(addressOf(address)).toBe(address);
  });

  test.each([
    '',
    'ana',
    '@example.org',
    'ana@',
    'ana@example',
    'ana@127.0.0.1',
    'ana@[127.0.0.1]',
    'ana@0x7f.1',
    'ana@example.org/path',
    'ana@example.org:80',
    'ana@example.org?x',
    'ana@user@example.org',
    'an a@example.org',
    '.ana@example.org',
    'ana..anic@example.org',
    'ana@exa\u202emple.org',
    'ana@-example.org',
    `${'a'.repeat(65)}@example.org`,
    `ana@${'a.'.repeat(200)}org`,
    'x'.repeat(emailCharactersMax * 2 + 1),
  ])('The text %j is no address', (text) => {
    expect(addressOf(text)).toBe('shape');
  });
});

describe('Addresses that look alike', () => {
  test.each(['\u0430na@example.org', 'петар@пошта.срб', '名@example.org', 'anič@example.org'])(
    'The part before the @ of %j is not of ASCII, and the fault says so',
    (text) => {
      expect(addressOf(text)).toBe('local-part');
    },
  );

  test('A domain of look-alike letters is another address, and is seen to be', () => {
    expect(addressOf('ana@ex\u0430mple.org')).toMatch(/^ana@xn--/);
  });

  test('Every address is of ASCII, and every letter in it is the one of its own', () => {
    for (const letter of everyCharacter(/(?!\p{Default_Ignorable_Code_Point})\p{L}/u)) {
      const read = emailAddress(`a${letter}z@example.org`);
      // Full-width and other forms of one letter are that letter (NFKC).
      if (read.ok) expect(read.address).toBe(`a${letter.normalize('NFKC').toLowerCase()}z@example.org`);
    }
  });
});
