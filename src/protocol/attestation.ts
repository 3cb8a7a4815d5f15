// The proof, from `sms` to `ballots`, that a phone was verified. `api` carries it and cannot make one, because it does
// not hold the key: an attacker in the public server cannot cast a vote for a phone that was not verified.
import { z } from 'zod';
import { bytes32 } from './public-values.ts';

export const attestation = z.object({
  codeTag: bytes32,
  verifiedAtMs: z.int().min(0),
  mac: bytes32.describe('HMAC-SHA-256 over attestationText, under the key that sms and ballots share.'),
});
export type Attestation = z.infer<typeof attestation>;

/**
 * The text that the MAC covers. Every part has a fixed alphabet without the separator, so two different inputs never
 * give the same text.
 */
export function attestationText(phoneKey: string, codeTag: string, verifiedAtMs: number): string {
  return `popvote/attestation/v1|${phoneKey}|${codeTag}|${verifiedAtMs}`;
}
