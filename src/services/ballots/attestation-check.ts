// Checks that a cast is proven: that `sms` verified the phone, and for this very session. The attestation is a MAC under a key
// that `api` does not have, and so are the codes that voters text in. So a proof of one cast is none of any other: with
// another election, identity, phone, ballot key or session the binding is another. An activation proves an election and an
// identity, and no ballot key or session: the intake admits one ballot for the name that it has instead of a phone.
import { isWithin } from '../../platform/clock.ts';
import { contentHash } from '../../platform/content-hash.ts';
import { provesActivation } from '../../platform/keys/activations.ts';
import { createProves } from '../../platform/keys/phone-proofs.ts';
import type { VerificationKeys } from '../../platform/keys/signatures.ts';
import { attestedMs } from '../../protocol/proofs/attestation.ts';
import type { CastCall } from '../../protocol/ballot-service.ts';
import type { BallotsKeys } from '../../protocol/key-files.ts';
import { clockSkewSeconds } from '../../protocol/private-calls.ts';
import { bindingBytes, castTagBytes } from '../../protocol/proofs/session-binding.ts';
import { pendingSecondsMax } from '../../protocol/tokens.ts';
import type { RegisteredElection } from './elections.ts';

export type IsProven = (
  cast: Omit<CastCall, 'ballot'>,
  election: Pick<RegisteredElection, 'verifiedSecondsMax' | 'methods' | 'takesActivations'>,
  nowMs: number,
) => boolean;

/**
 * A proof holds under any key of the rings, by a method of the election, not from the future (beyond the clock skew), and
 * not for longer than a verified session and the pending session in which the text was sent. This bounds replays too: later
 * no request gets the receipt of a recorded ballot.
 */
export function createProofCheck(
  keys: Pick<BallotsKeys, 'attestations' | 'codes'>,
  activationSigners: VerificationKeys,
): IsProven {
  const proves = createProves(keys);
  return (cast, { verifiedSecondsMax, methods, takesActivations }, nowMs) => {
    const { attestation, phoneKey } = cast;
    const msMax = (verifiedSecondsMax + pendingSecondsMax) * 1_000 + attestedMs;
    if (!isWithin(nowMs, attestation.verifiedAtMs, msMax, clockSkewSeconds * 1_000)) return false;
    if (attestation.method === 'activation') {
      return takesActivations && provesActivation(activationSigners, attestation, cast);
    }
    return methods.includes(attestation.method) && proves(attestation, { phoneKey, binding: bindingOf(cast) });
  };
}

/** The binding of the session that the cast names, with the ballot key that it shows. */
function bindingOf({ electionId, identity, phoneKey, ballotKey, sid }: Omit<CastCall, 'ballot'>): string {
  const castTag = contentHash(castTagBytes(ballotKey));
  return contentHash(bindingBytes({ electionId, identity, phoneKey, castTag, sid }));
}
