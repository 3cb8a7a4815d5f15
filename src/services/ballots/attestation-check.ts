// Checks that `sms` verified a phone. The attestation is a MAC under a key that `api` does not have, so `api` cannot
// make one.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isWithin } from '../../platform/clock.ts';
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
 * Whether the attestation is for this phone, under any key of the ring, not from the future (beyond the clock skew),
 * and not older than a verified session (`verifiedSecondsMax`, seconds) plus the pending session in which the text was
 * sent.
 */
export function attestationHolds(
  keys: readonly KeyObject[],
  phoneKey: string,
  attestation: Attestation,
  options: { readonly nowMs: number; readonly verifiedSecondsMax: number },
): boolean {
  const { codeTag, verifiedAtMs } = attestation;
  const msMax = (options.verifiedSecondsMax + pendingSecondsMax) * 1_000 + 1;
  if (!isWithin(options.nowMs, verifiedAtMs, msMax, clockSkewSeconds * 1_000)) return false;
  const text = attestationText(phoneKey, codeTag, verifiedAtMs);
  const mac = Buffer.from(attestation.mac, 'base64url');
  return keys.some((key) => {
    const expected = createHmac('sha256', key).update(text).digest();
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  });
}
