// Makes the proof that a phone was verified, under the key that `sms` shares with `ballots` and `api` does not have.
// Anyone who can make one can cast a vote for a phone, so it is made only for a signed text or a correct code.
import { keyedHash, newestKey } from '../../platform/keys/keyed-hash.ts';
import type { KeyRing } from '../../protocol/key-files.ts';
import { attestationText, attestedTime } from '../../protocol/proofs/attestation.ts';
import type { Attestation } from '../../protocol/proofs/attestation.ts';

/** `binding`: the tag of a code that was texted in, or the binding of the session whose code was entered. */
export type Attest = (method: Attestation['method'], phoneKey: string, binding: string, atMs: number) => Attestation;

/** Attests under the ring's first key. `ballots` accepts all keys of the ring. Throws if the ring is empty. */
export function createAttest(ring: KeyRing): Attest {
  const key = newestKey(ring);
  return (method, phoneKey, binding, atMs) => {
    const attested = { method, binding, verifiedAtMs: attestedTime(atMs) };
    return { ...attested, mac: keyedHash(key, attestationText(phoneKey, attested)) };
  };
}
