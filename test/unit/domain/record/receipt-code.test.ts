// The short code of a receipt: what people type is read, and one wrong character is located wherever it is.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { codeOfLeaf, readReceiptCode, receiptCodeCharacters } from '../../../../src/domain/record/receipt-code.ts';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const leaves = [new Uint8Array(32), new Uint8Array(32).fill(255), ...Array.from({ length: 20 }, () => randomBytes(32))];
const replaced = (code: string, at: number, letter: string): string => code.slice(0, at) + letter + code.slice(at + 1);

test('A code has the first 70 bits of its leaf', () => {
  for (const leaf of leaves) {
    const code = codeOfLeaf(leaf);
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/);
    const bits = [...leaf.subarray(0, 9)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const symbols = Array.from(code, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
    expect(symbols.slice(0, 70)).toBe(bits.slice(0, 70));
    expect(readReceiptCode(code)).toEqual({ kind: 'code', code, start: Uint8Array.from(leaf.subarray(0, 8)) });
  }
  expect(codeOfLeaf(new Uint8Array(32))).toBe('0'.repeat(16));
});

test('Every single wrong character is located', () => {
  for (const leaf of leaves) {
    const code = codeOfLeaf(leaf);
    for (let at = 0; at < receiptCodeCharacters; at += 1) {
      for (const letter of alphabet.replace(code[at] ?? '', '')) {
        expect(readReceiptCode(replaced(code, at, letter))).toEqual({ kind: 'wrong-character', place: at + 1 });
      }
      for (const letter of ['U', 'é', '?']) {
        expect(readReceiptCode(replaced(code, at, letter))).toEqual({ kind: 'wrong-character', place: at + 1 });
      }
    }
  }
});

test('Two neighbours in the wrong order are never taken for a code', () => {
  for (const leaf of leaves) {
    const code = codeOfLeaf(leaf);
    for (let at = 0; at + 1 < receiptCodeCharacters; at += 1) {
      const one = code.charAt(at);
      const two = code.charAt(at + 1);
      const swapped = replaced(replaced(code, at, two), at + 1, one);
      expect(readReceiptCode(swapped).kind === 'code').toBe(one === two);
    }
  }
});

test('Small letters, groups, hyphens and letters that look like digits are read', () => {
  const leaf = Uint8Array.from([0, 66, 1, 8, 66, 16, 132, 33, 8, 66]);
  const code = codeOfLeaf(leaf);
  expect(code.slice(0, 4)).toBe('0110');
  const typed = [
    code.toLowerCase(),
    code.replace(/.{4}/g, '$& '),
    code.replace(/.{4}(?=.)/g, '$&-'),
    code.replace(/.{4}(?=.)/g, '$&\u2013'),
    `\u200E${code}\n`,
    code.replaceAll('1', 'I').replaceAll('0', 'O'),
    code.replaceAll('1', 'l').replaceAll('0', 'o'),
  ];
  for (const text of typed) expect(readReceiptCode(text), text).toMatchObject({ kind: 'code', code });
});

test('What is no code is said to be none', () => {
  const code = codeOfLeaf(randomBytes(32));
  for (const text of ['', '?', code.slice(1), `${code}0`, '{"receipt":{}}', `??${code.slice(2)}`]) {
    expect(readReceiptCode(text), text).toEqual({ kind: 'unreadable' });
  }
});
