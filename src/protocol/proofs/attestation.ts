// The proof, from `sms` to `ballots`, that a phone was verified. `api` carries it and cannot make one, because it does
// not hold the key: an attacker in the public server cannot cast a vote for a phone that was not verified.
import { z } from 'zod';
import { verificationMethod } from '../public-document.ts';
import { bytes32 } from '../public-values.ts';

/** Times of proofs are whole minutes, in milliseconds, so that they do not show an order. */
export const attestedMs = 60_000;
/** The whole minute of a moment. */
export const attestedTime = (atMs: number): number => Math.floor(atMs / attestedMs) * attestedMs;

export const attestation = z.object({
  method: verificationMethod,
  binding: bytes32.describe(
    'text-in: the tag of the code that the phone sent. Other methods: the binding of the session.',
  ),
  verifiedAtMs: z.int().min(0).multipleOf(attestedMs).describe('A whole minute.'),
  mac: bytes32.describe('HMAC-SHA-256 over attestationText, under the key that sms and ballots share.'),
});
export type Attestation = z.infer<typeof attestation>;
export type Attested = Omit<Attestation, 'mac'>;

/**
 * The text that the MAC covers. Every part has a fixed alphabet without the separator, so two different inputs never
 * give the same text.
 */
export function attestationText(phoneKey: string, { method, binding, verifiedAtMs }: Attested): string {
  return `popvote/attestation/v2|${method}|${phoneKey}|${binding}|${verifiedAtMs / attestedMs}`;
}
