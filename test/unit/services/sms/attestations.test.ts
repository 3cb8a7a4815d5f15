// The time in a proof that a phone was verified.
import { expect, test } from 'vitest';
import { createAttest } from '../../../../src/services/sms/attestations.ts';

const minute = Date.UTC(2026, 0, 1, 12, 0);
const ring = [{ kid: 'k', key: Buffer.alloc(32, 1).toString('base64url') }];

test.each([
  ['of the beginning of a minute', minute, minute],
  ['of the end of a minute', minute + 59_999, minute],
  ['of the next minute', minute + 60_000, minute + 60_000],
])('A proof %s names that minute', (_moment, atMs, verifiedAtMs) => {
  const proof = createAttest(ring)('text-in', 'phone', 'binding', atMs);
  expect(proof.verifiedAtMs).toBe(verifiedAtMs);
});
