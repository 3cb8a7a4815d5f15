// Signatures that outsiders can check: against the RFC's vector, whatever the order of members, and never on another value.
import { sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newSigningJwk, publicJwk } from '../../../src/platform/keys/new-keys.ts';
import { signValue, signingKey, valueIsSigned, verificationKeys } from '../../../src/platform/keys/signatures.ts';
import { anyCharacter } from '../../support/code-points.ts';

const base64url = (hex: string): string => Buffer.from(hex, 'hex').toString('base64url');

test('Keys are Ed25519 keys: the third vector of RFC 8032, section 7.1', () => {
  const jwk = {
    kty: 'OKP' as const,
    crv: 'Ed25519' as const,
    kid: 'rfc',
    d: base64url('c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7'),
    x: base64url('fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025'),
  };
  const signature = sign(null, Buffer.from('af82', 'hex'), signingKey(jwk).key);
  expect(signature.toString('hex')).toBe(
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
      '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  );
  const key = verificationKeys([publicJwk(jwk)]).get('rfc');
  expect(key && verify(null, Buffer.from('af82', 'hex'), key, signature)).toBe(true);
});

const jwk = newSigningJwk('publisher-1');
const publisher = signingKey(jwk);
const keys = verificationKeys([publicJwk(jwk)]);
const document = {
  id: 'e1',
  title: { en: 'Poll', 'zh-Hant-HK': '投票' },
  seats: 5,
  options: [{ id: 'a' }, { id: 'b' }],
};

describe('A signed value', () => {
  test('A signed value is signed over its RFC 8785 form, which anyone can make', () => {
    const { kid, alg, value } = signValue(publisher, { b: 1, a: 'é', c: [true, null] });
    expect({ kid, alg }).toEqual({ kid: 'publisher-1', alg: 'EdDSA' });
    const key = keys.get(kid);
    const bytes = Buffer.from('{"a":"é","b":1,"c":[true,null]}');
    expect(key && verify(null, bytes, key, Buffer.from(value, 'base64url'))).toBe(true);
  });

  test('A signed value stays signed when its members come in another order', () => {
    const signature = signValue(publisher, document);
    const { id, title, seats, options } = document;
    expect(valueIsSigned(keys, { options, seats, title, id }, signature)).toBe(true);
    expect(valueIsSigned(keys, JSON.parse(JSON.stringify(document)), signature)).toBe(true);
  });

  test('A signed value may be any JSON', () => {
    const json = fc.jsonValue({ stringUnit: anyCharacter }).filter((value) => !JSON.stringify(value).includes('\\ud'));
    fc.assert(
      fc.property(json, (value) => valueIsSigned(keys, JSON.parse(JSON.stringify(value)), signValue(publisher, value))),
    );
  });

  test.each([
    ['a value changed', { ...document, seats: 6 }],
    ['a value of another kind', { ...document, seats: '5' }],
    ['a member more', { ...document, extra: null }],
    ['a list in another order', { ...document, options: [{ id: 'b' }, { id: 'a' }] }],
    ['a letter in another form', { ...document, title: { ...document.title, en: 'Pоll' } }],
    ['nothing', null],
  ])('A signed value is not signed with %s', (_name, value) => {
    expect(valueIsSigned(keys, value, signValue(publisher, document))).toBe(false);
  });
});

describe('A signature', () => {
  const good = signValue(publisher, document);

  test('A signature with any bit changed is invalid', () => {
    const bytes = Buffer.from(good.value, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(valueIsSigned(keys, document, { ...good, value: changed.toString('base64url') })).toBe(false);
    }
  });

  test('A signature by an unknown key, or by another key under a known name, is invalid', () => {
    const stranger = signingKey(newSigningJwk('publisher-1'));
    expect(valueIsSigned(keys, document, signValue(stranger, document))).toBe(false);
    expect(valueIsSigned(keys, document, { ...good, kid: 'publisher-2' })).toBe(false);
    expect(valueIsSigned(keys, document, { ...good, kid: '__proto__' })).toBe(false);
    expect(valueIsSigned(verificationKeys([]), document, good)).toBe(false);
  });

  test.each(['', 'A', 'A'.repeat(86), 'A'.repeat(100_000), '****'])(
    'A signature of foreign text %.10s is invalid, and no error',
    (value) => {
      expect(valueIsSigned(keys, document, { ...good, value })).toBe(false);
    },
  );

  test.each([
    ['a number too large', JSON.parse('{"seats":1e400}')],
    ['half a character', JSON.parse(String.raw`{"title":"\ud800"}`)],
    ['nothing at all', undefined],
  ] as [string, unknown][])('A signature over %s is invalid, and no error', (_name, value) => {
    expect(valueIsSigned(keys, value, good)).toBe(false);
  });
});

test('A value without a JSON form cannot be signed', () => {
  expect(() => signValue(publisher, undefined)).toThrow('JSON form');
});
