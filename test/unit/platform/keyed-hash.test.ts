// HMAC-SHA-256 against the published vectors, and comparison.
import { expect, test } from 'vitest';
import { hashKey, keyedHash, sameText } from '../../../src/platform/keys/keyed-hash.ts';

// RFC 4231, sections 4.2, 4.3 and 4.7.
test.each([
  ['0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    Buffer.from('Jefe').toString('hex'),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    'aa'.repeat(131),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
])('The hash equals the vector with key %s', (key, data, expected) => {
  const hash = keyedHash(hashKey(Buffer.from(key, 'hex').toString('base64url')), data);
  expect(Buffer.from(hash, 'base64url').toString('hex')).toBe(expected);
  expect(hash).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test('Another key gives another name for the same phone', () => {
  const one = hashKey('A'.repeat(43));
  const two = hashKey(`B${'A'.repeat(42)}`);
  expect(keyedHash(one, '+85261234567')).not.toBe(keyedHash(two, '+85261234567'));
  expect(keyedHash(one, '+85261234567')).toBe(keyedHash(one, '+85261234567'));
});

test.each([
  ['abc', 'abc', true],
  ['abc', 'abd', false],
  ['abc', 'abcd', false],
  ['', '', true],
  ['é', 'é', true],
  ['é', 'ab', false],
])('%s and %s are the same: %s', (a, b, same) => {
  expect(sameText(a, b)).toBe(same);
});
