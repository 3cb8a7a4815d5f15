// What a proof of a phone is bound to, byte by byte. The values are from a program of another language (Python's hashlib).
import { describe, expect, test } from 'vitest';
import { contentHash } from '../../../src/platform/content-hash.ts';
import { newSecret } from '../../../src/platform/keys/new-keys.ts';
import { createTextCodes } from '../../../src/platform/keys/text-codes.ts';
import { bindingBytes, castTagBytes } from '../../../src/protocol/proofs/session-binding.ts';
import { textCodeStepMs } from '../../../src/protocol/proofs/text-codes.ts';
import { newSid } from '../../support/voter/proofs.ts';

const bytes = (value: number, length = 32): string => Buffer.alloc(length, value).toString('base64url');
const castTag = 'zraF9B4Jja1gMfp2qUvqoUf1eIUW1h0hZz5Bz-4-uiI';
const binding = 'PHBl01dlehR5Aj4OkGmYaIJPIzwFcCLDBAxYSoj95cs';
const session = { electionId: 'library-2026', identity: bytes(1), phoneKey: bytes(2), castTag, sid: bytes(4, 16) };
const stepStartMs = 2000000 * textCodeStepMs;
const codes = createTextCodes([{ kid: 'one', key: bytes(5) }]);
const use = { phoneKey: bytes(2), binding };

describe('The binding of a session', () => {
  test('A cast tag and a binding have the bytes of the specification', () => {
    expect(contentHash(castTagBytes(bytes(3)))).toBe(castTag);
    expect(contentHash(bindingBytes(session))).toBe(binding);
  });

  test('Another value of any part is another binding', () => {
    const others = {
      electionId: 'library-2027',
      identity: newSecret(),
      phoneKey: newSecret(),
      castTag: newSecret(),
      sid: newSid(),
    };
    const bindings = Object.entries(others).map(([part, other]) =>
      contentHash(bindingBytes({ ...session, [part]: other })),
    );
    expect(new Set([binding, ...bindings]).size).toBe(6);
  });
});

describe('The code that a voter texts in', () => {
  test('A code and its tag have the bytes of the specification', () => {
    expect(codes.make(use, stepStartMs)).toEqual({
      code: '93050067',
      codeTag: 'oe02b4ANEW0Zmwjn7g7ozW_AG0bluRaE8yxPGrHI1vs',
    });
    expect(codes.tagsOf('93050067')).toEqual(['oe02b4ANEW0Zmwjn7g7ozW_AG0bluRaE8yxPGrHI1vs']);
  });

  test('A code proves its own step of time and the next, and no other', () => {
    const { codeTag } = codes.make(use, stepStartMs);
    const holdsAt = (steps: number): boolean => codes.isTagFor(codeTag, use, stepStartMs + steps * textCodeStepMs);
    expect([-1, 0, 1, 2].map(holdsAt)).toEqual([false, true, true, false]);
    expect(codes.isTagFor(codeTag, use, stepStartMs - 1)).toBe(false);
    expect(codes.isTagFor(codeTag, use, stepStartMs + 2 * textCodeStepMs - 1)).toBe(true);
  });

  test('A code proves its phone and binding alone', () => {
    const { codeTag } = codes.make(use, stepStartMs);
    expect(codes.isTagFor(codeTag, { ...use, phoneKey: newSecret() }, stepStartMs)).toBe(false);
    expect(codes.isTagFor(codeTag, { ...use, binding: newSecret() }, stepStartMs)).toBe(false);
    expect(createTextCodes([{ kid: 'two', key: newSecret() }]).isTagFor(codeTag, use, stepStartMs)).toBe(false);
  });

  test('While keys are rotated, codes of the old and of the new key count', () => {
    const before = [{ kid: 'one', key: newSecret() }];
    const after = [{ kid: 'two', key: newSecret() }, ...before];
    const rotated = createTextCodes(after);
    for (const ring of [before, after]) {
      const { code, codeTag } = createTextCodes(ring).make(use, stepStartMs);
      expect(rotated.tagsOf(code)).toContain(codeTag);
      expect(rotated.isTagFor(codeTag, use, stepStartMs)).toBe(true);
    }
    expect(() => createTextCodes([])).toThrow('empty');
  });

  test('Codes are eight digits, and as many begin with a zero as should', () => {
    const all = Array.from({ length: 2_000 }, () => codes.make({ ...use, binding: newSecret() }, stepStartMs).code);
    expect(all.every((code) => /^\d{8}$/.test(code))).toBe(true);
    const zeros = all.filter((code) => code.startsWith('0')).length;
    expect(zeros).toBeGreaterThan(100);
    expect(zeros).toBeLessThan(300);
  });
});
