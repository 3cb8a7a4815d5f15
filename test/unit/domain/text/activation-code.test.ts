// The code of an activation: 50 bits by chance and two characters that check them, read as people type it.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  activationCodeBytes,
  activationCodeOf,
  readActivationCode,
} from '../../../../src/domain/text/activation-code.ts';

const newCode = (): string => activationCodeOf(randomBytes(activationCodeBytes));

test('A code has 12 characters that no one confuses, and every bit of its chance', () => {
  for (let times = 0; times < 50; times += 1) expect(newCode()).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
  const bits = Array.from({ length: 50 }, (_, bit) => {
    const bytes = new Uint8Array(activationCodeBytes);
    bytes[bit >> 3] = 128 >> (bit & 7);
    return activationCodeOf(bytes);
  });
  expect(new Set(bits).size).toBe(50);
});

test('A code is read with small letters, groups, hyphens and letters that look like digits', () => {
  const code = activationCodeOf(Uint8Array.from([0, 66, 1, 8, 66, 16, 132]));
  expect(code).toMatch(/[01]/);
  const groups = code.replace(/.{4}(?=.)/g, '$&-');
  for (const typed of [code, code.toLowerCase(), groups, ` ${groups.replaceAll('-', ' ')}\n`, `\u200E${code}`]) {
    expect(readActivationCode(typed), typed).toBe(code);
  }
  expect(readActivationCode(code.replaceAll('1', 'l').replaceAll('0', 'o'))).toBe(code);
});

test('One wrong character, two in the wrong order and other lengths are no code', () => {
  const code = activationCodeOf(Uint8Array.from([17, 66, 91, 8, 201, 16, 132]));
  for (let at = 0; at < code.length; at += 1) {
    for (const letter of '0123456789ABCDEFGHJKMNPQRSTVWXYZ?'.replace(code.charAt(at), '')) {
      expect(readActivationCode(code.slice(0, at) + letter + code.slice(at + 1))).toBeNull();
    }
    const one = code.charAt(at);
    const two = code.charAt(at + 1);
    if (two !== '' && one !== two) {
      expect(readActivationCode(code.slice(0, at) + two + one + code.slice(at + 2))).toBeNull();
    }
  }
  for (const text of ['', code.slice(1), `${code}0`, '{}']) expect(readActivationCode(text), text).toBeNull();
});

test('A code is read in full width, with any dash and with what cannot be seen, wherever it is', () => {
  const wide = (text: string): string =>
    text.replace(/[!-~]/g, (each) => String.fromCodePoint((each.codePointAt(0) ?? 0) + 0xfee0));
  const between = fc.constantFrom(
    '',
    ' ',
    '-',
    '\u2212',
    '\u2043',
    '\u30FC',
    '\u3000',
    '\u200B',
    '\uFE0F',
    '\u3164',
    '\u2800',
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: activationCodeBytes, maxLength: activationCodeBytes }),
      fc.array(fc.tuple(between, fc.boolean()), { minLength: 12, maxLength: 12 }),
      (bytes, changes) => {
        const code = activationCodeOf(bytes);
        const typed = changes.map(
          ([before, isWide], at) => before + (isWide ? wide(code.charAt(at)) : code.charAt(at)),
        );
        expect(readActivationCode(typed.join(''))).toBe(code);
      },
    ),
  );
});
