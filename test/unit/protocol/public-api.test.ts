// The bodies of the voter's API: one spelling of each value, and no unused field.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  castRequest,
  codeRequest,
  resendRequest,
  sessionRequest,
  waitQuery,
} from '../../../src/protocol/public-api.ts';
import { bytes32 } from '../../../src/protocol/public-values.ts';
import { attestation, attestationText } from '../../../src/protocol/proofs/attestation.ts';
import { ballot } from '../../support/elections.ts';

const key = (): string => randomBytes(32).toString('base64url');

describe('The one spelling of 32 bytes', () => {
  test('32 bytes are spelt as encoders write them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect(bytes32.safeParse(Buffer.from(bytes).toString('base64url')).success).toBe(true);
      }),
    );
  });

  test('Another text that decodes to the same bytes is rejected', () => {
    const text = Buffer.alloc(32, 0xff).toString('base64url');
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const respelt = text.slice(0, 42) + last;
      const canonical = Buffer.from(respelt, 'base64url').toString('base64url') === respelt;
      expect(bytes32.safeParse(respelt).success).toBe(canonical);
    }
  });

  test.each([
    ['31 bytes', randomBytes(31).toString('base64url')],
    ['33 bytes', randomBytes(33).toString('base64url')],
    ['padding', `${randomBytes(32).toString('base64url')}=`],
    ['the other alphabet', '+'.repeat(42) + 'A'],
    ['a line break at the end', `${randomBytes(32).toString('base64url')}\n`],
    ['hexadecimal', randomBytes(32).toString('hex')],
  ])('%s is rejected', (_name, text) => {
    expect(bytes32.safeParse(text).success).toBe(false);
  });
});

const session = {
  electionId: 'rehearsal',
  identity: { number: 'A1234563' },
  phone: '+85261234567',
  method: 'text-in',
  castTag: key(),
};
const cast = { ballotKey: key(), ballot: ballot() };

describe('A body with an unknown field', () => {
  test.each([
    ['a session', sessionRequest, session],
    ['a code', codeRequest, { code: '1234 5678' }],
    ['a resend', resendRequest, { method: 'code' }],
    ['a cast', castRequest, cast],
    ['a wait', waitQuery, { wait: '25' }],
  ] as [string, z.ZodType, object][])('A body with an unknown field is rejected: %s', (_name, schema, body) => {
    expect(schema.safeParse(body).success).toBe(true);
    expect(schema.safeParse({ ...body, extra: 1 }).error?.issues).toMatchObject([{ code: 'unrecognized_keys' }]);
  });

  test('An unknown field is rejected at every depth', () => {
    expect(sessionRequest.safeParse({ ...session, identity: { number: 'A1234563', name: 'x' } }).success).toBe(false);
    const [first] = cast.ballot.contests;
    for (const bad of [
      { ...cast, ballot: { ...cast.ballot, voter: 'x' } },
      { ...cast, ballot: { contests: [{ ...first, weight: 2 }] } },
    ]) {
      expect(castRequest.safeParse(bad).success).toBe(false);
    }
  });
});

describe('The limits of a wait', () => {
  test.each([
    [{}, 0],
    [{ wait: '0' }, 0],
    [{ wait: '30' }, 30],
    [{ wait: '31' }, undefined],
    [{ wait: '-1' }, undefined],
    [{ wait: '1.5' }, undefined],
    [{ wait: 'Infinity' }, undefined],
    [{ wait: ['1', '2'] }, undefined],
  ])('The limits of a wait apply to %o', (query, wait) => {
    const parsed = waitQuery.safeParse(query);
    expect(parsed.success ? parsed.data.wait : undefined).toBe(wait);
  });
});

test('A ballot is no longer than an election can be', () => {
  const choices = Array.from({ length: 501 }, (_, index) => `o${index}`);
  const contests = Array.from({ length: 33 }, (_, index) => ({ contestId: `c${index}`, choices: [] }));
  expect(castRequest.safeParse({ ...cast, ballot: { contests: [{ contestId: 'c', choices }] } }).success).toBe(false);
  expect(castRequest.safeParse({ ...cast, ballot: { contests } }).success).toBe(false);
  expect(castRequest.safeParse({ ...cast, ballot: { contests: contests.slice(1) } }).success).toBe(true);
});

test('An attestation of other values is another text', () => {
  const phone = key();
  const code = key();
  const proof = { method: 'text-in' as const, binding: code, verifiedAtMs: 60_000 };
  const texts = new Set([
    attestationText(phone, proof),
    attestationText(code, { ...proof, binding: phone }),
    attestationText(phone, { ...proof, verifiedAtMs: 660_000 }),
    attestationText(phone, { ...proof, binding: key() }),
    attestationText(phone, { ...proof, method: 'code' }),
  ]);
  expect(texts.size).toBe(5);
  expect(attestation.safeParse({ ...proof, mac: phone }).success).toBe(true);
  expect(attestation.safeParse({ ...proof, mac: phone, verifiedAtMs: 60_001 }).success).toBe(false);
});
