// The proof, from `sms` to `ballots`, that a phone was verified. `api` carries it and cannot make one: it does not hold
// the key, so a broken-into public server cannot cast a vote for a phone that did not verify.
import { z } from 'zod';
import { bytes32 } from './public-api.ts';

export const attestation = z.object({
  codeTag: bytes32,
  verifiedAtMs: z.int().min(0),
  mac: bytes32.describe('HMAC-SHA-256 over attestationText, under the key that sms and ballots share.'),
});
export type Attestation = z.infer<typeof attestation>;

/** The text that the MAC covers. Every part is of fixed alphabet without the separator, so no two inputs collide. */
export function attestationText(phoneKey: string, codeTag: string, verifiedAtMs: number): string {
  return `popvote/attestation/v1|${phoneKey}|${codeTag}|${verifiedAtMs}`;
}
