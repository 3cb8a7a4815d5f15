// Whether a phone was verified, by the word of `sms` and not of `api`: the attestation is a MAC under a key that `api`
// does not hold.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { hashKey } from '../../platform/keys/keyed-hash.ts';
import { attestationText } from '../../protocol/attestation.ts';
import type { Attestation } from '../../protocol/attestation.ts';
import type { KeyRing } from '../../protocol/key-files.ts';
import { clockSkewSeconds } from '../../protocol/private-calls.ts';
import { pendingSecondsMax } from '../../protocol/tokens.ts';

/** The keys of a ring, newest first. */
export function attestationKeys(ring: KeyRing): readonly KeyObject[] {
  return ring.map(({ key }) => hashKey(key));
}

/**
 * Whether the attestation is of this phone, by any key of the ring, not of the future, and not older than a verified
 * session lives (`verifiedSecondsMax`) plus the life of the pending one in which the text was sent.
 */
export function attestationHolds(
  keys: readonly KeyObject[],
  phoneKey: string,
  attestation: Attestation,
  options: { readonly nowMs: number; readonly verifiedSecondsMax: number },
): boolean {
  const { codeTag, verifiedAtMs } = attestation;
  const ageMs = options.nowMs - verifiedAtMs;
  if (ageMs < -clockSkewSeconds * 1_000) return false;
  if (ageMs > (options.verifiedSecondsMax + pendingSecondsMax) * 1_000) return false;
  const text = attestationText(phoneKey, codeTag, verifiedAtMs);
  const given = Buffer.from(attestation.mac, 'base64url');
  return keys.some((key) => {
    const expected = createHmac('sha256', key).update(text).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
