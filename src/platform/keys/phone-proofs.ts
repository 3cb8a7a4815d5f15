// Whether an attestation of `sms` proves a phone for one session, under the key rings that only `sms` and `ballots` have.
import type { BallotsKeys } from '../../protocol/key-files.ts';
import { attestationText } from '../../protocol/proofs/attestation.ts';
import type { Attestation } from '../../protocol/proofs/attestation.ts';
import type { CodeFor } from '../../protocol/proofs/text-codes.ts';
import { hashKey, keyedHash, sameText } from './keyed-hash.ts';
import { createTextCodes } from './text-codes.ts';

export type Proves = (attestation: Attestation, session: CodeFor) => boolean;

/** A text proves the session whose code it has, and a code that was typed the session that it was sent for. */
export function createProves({ attestations, codes }: Pick<BallotsKeys, 'attestations' | 'codes'>): Proves {
  const keys = attestations.map(({ key }) => hashKey(key));
  const textCodes = createTextCodes(codes);
  return (attestation, session) => {
    const { method, binding, verifiedAtMs, mac } = attestation;
    const text = attestationText(session.phoneKey, attestation);
    if (!keys.some((key) => sameText(keyedHash(key, text), mac))) return false;
    if (method === 'text-in') return textCodes.isTagFor(binding, session, verifiedAtMs);
    return sameText(binding, session.binding);
  };
}
