// Strict JSON, base64 and keys: one value has one form, and everything else is refused.
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { sign } from 'node:crypto';
import { expect, test } from 'vitest';
import { readBase64, readBase64url } from '../../../src/verifier/documents/record-bytes.ts';
import { readPublicKey, verifies } from '../../../src/verifier/documents/public-key.ts';
import { canonicalJson, parseStrictJson } from '../../../src/verifier/documents/strict-json.ts';
import { leafOfReceipt } from '../../../src/verifier/log/receipts.ts';
import { readSignedNote } from '../../../src/verifier/log/signed-note.ts';
import { tileNumber } from '../../../src/verifier/log/tile-paths.ts';
import { createTagSet } from '../../../src/verifier/log/tag-set.ts';
import { builtKey, sha } from '../../support/verifier/record-builder.ts';

const parse = (text: string) => parseStrictJson(Buffer.from(text));

test('Every JSON value is read, and its RFC 8785 form is that of the reference library', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      // Whole numbers beyond 2^53, a negative zero and lone surrogates are not strict.
      const isStrict = (each: unknown): boolean =>
        typeof each !== 'number' || (!Object.is(each, -0) && (!Number.isInteger(each) || Number.isSafeInteger(each)));
      const value: unknown = JSON.parse(text, (_name, each: unknown) => (isStrict(each) ? each : 0));
      const plain = JSON.stringify(value);
      fc.pre(!/\\ud[89a-f]/i.test(plain));
      const read = parse(plain);
      expect(read).toBeDefined();
      expect(canonicalJson(read ?? null)).toBe(canonicalize(value));
    }),
  );
});

test.each([
  ['a member twice', '{"a":1,"a":2}'],
  ['a member twice in another spelling', '{"a":1,"\\u0061":2}'],
  ['a number with a point and no need', '1.0'],
  ['an exponent', '1e2'],
  ['a negative zero', '-0'],
  ['a zero in front', '01'],
  ['a whole number beyond 2^53', '9007199254740993'],
  ['a lone surrogate', '"\\ud800"'],
  ['a control character', '"\u0001"'],
  ['a byte order mark', '\ufeff1'],
  ['a comma too many', '[1,]'],
  ['something after the value', '1 2'],
  ['an unknown word', 'nil'],
  ['nothing', ''],
])('JSON is refused with %s', (_name, text) => {
  expect(parse(text)).toBeUndefined();
});

test.each(['', '1'])('JSON of 32 levels is read, of 33 refused, around "%s"', (inside) => {
  const nested = (depth: number) => `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`;
  expect(parse(nested(32))).toBeDefined();
  expect(parse(nested(33))).toBeUndefined();
});

test('A control character at the end of a long text is refused at once', () => {
  const start = performance.now();
  expect(parse(`"${'a'.repeat(100_000)}\u0015"`)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('Bytes that are not UTF-8 are refused', () => {
  expect(parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
});

test('A member called __proto__ is a member', () => {
  expect(canonicalJson(parse('{"__proto__":{"a":1}}') ?? null)).toBe('{"__proto__":{"a":1}}');
});

test('Base64 has one form', () => {
  expect(readBase64url('AA')?.length).toBe(1);
  for (const text of ['AB', 'AA==', 'A', 'A A', 'AA\n', '+/']) expect(readBase64url(text), text).toBeNull();
  expect(readBase64('AA==')?.length).toBe(1);
  for (const text of ['AA', 'AB==', 'AA=', '-_A=', 'AA==\n']) expect(readBase64(text), text).toBeNull();
});

test('A signature whose S is not below the order of the group is refused', () => {
  const { secret, x } = builtKey('some key');
  const key = readPublicKey(x) ?? expect.fail('no key');
  const message = Buffer.from('message');
  const signature = sign(null, message, secret);
  expect(verifies(key, message, signature)).toBe(true);
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  const reversed = (bytes: Buffer): Buffer => Buffer.from(bytes).reverse();
  const s = BigInt(`0x${reversed(signature.subarray(32)).toString('hex')}`) + order;
  const same = Buffer.concat([
    signature.subarray(0, 32),
    reversed(Buffer.from(s.toString(16).padStart(64, '0'), 'hex')),
  ]);
  expect(verifies(key, message, same)).toBe(false);
  expect(verifies(key, message, signature.subarray(0, 63))).toBe(false);
});

test('A key whose coordinate is not below the order of the field is refused', () => {
  const last = Buffer.alloc(32, 0xff);
  last[0] = 0xec;
  last[31] = 0x7f;
  expect(readPublicKey(last)).not.toBeNull();
  last[0] = 0xed;
  expect(readPublicKey(last)).toBeNull();
});

test('Numbers of tiles are written in groups of three digits', () => {
  expect([0, 7, 999, 1000, 1_234_067].map(tileNumber)).toEqual(['000', '007', '999', 'x001/000', 'x001/x234/067']);
});

test('A set of tags finds each tag that repeats, and no other', () => {
  const size = 5_000;
  const tags = createTagSet(size);
  const tag = (n: number) => sha('tag', String(n));
  for (let n = 0; n < size - 1; n += 1) expect(tags.add(tag(n))).toBe(true);
  for (let n = 0; n < size - 1; n += 97) expect(tags.add(tag(n))).toBe(false);
  expect(tags.add(tag(size))).toBe(true);
});

test('A note of 100 signatures is read, of 101 refused', () => {
  const note = (signatures: number) => Buffer.from(`text\n\n${'\u2014 name AAAAAAA=\n'.repeat(signatures)}`);
  expect(readSignedNote(note(100))?.signatures.length).toBe(100);
  expect(readSignedNote(note(101))).toBeNull();
  for (const text of [
    'text\n',
    'text\n\n',
    'text\n\n\u2014 name AAAA\n',
    'text\n\n\u2014  AAAAAAA=\n',
    'te\txt\n\n\u2014 name AAAAAAA=\n',
  ]) {
    expect(readSignedNote(Buffer.from(text)), text).toBeNull();
  }
});

test('A receipt that is too long is not read', () => {
  const manifest = {} as Parameters<typeof leafOfReceipt>[1];
  expect(leafOfReceipt(Buffer.alloc(65_537, 0x20), manifest)).toBeNull();
});
