// The contents of the voter's sealed tokens between the steps. The server keeps no session: everything that the next
// step needs is in here, encrypted for `api` alone. A pending token is never accepted as a verified one.
import { z } from 'zod';
import { castProof } from './proofs/activation.ts';
import { verificationMethod } from './public-document.ts';
import { bytes16, bytes32, electionId } from './public-values.ts';

/** Life of a pending session, in seconds. */
export const pendingSecondsMax = 900;

const session = {
  sid: bytes16,
  electionId,
  identity: bytes32,
  phoneKey: bytes32,
};

export const pendingClaims = z.object({
  ...session,
  castTag: bytes32,
  startedAtMs: z.int(),
  method: verificationMethod,
  /** text-in and text-in-confirmed: the keyed tag of the code shown to the voter, made by `sms`. */
  codeTag: bytes32.optional(),
  /** E.164: the destination of a code if the voter switches to method `code`. */
  phone: z.string().max(16),
  /** The phone and the code that was sent, sealed by `sms` for itself; `api` carries it and cannot read it. */
  challenge: z.string().max(2_048).optional(),
  locale: z.string().max(35).optional(),
});
export type PendingClaims = z.infer<typeof pendingClaims>;

export const verifiedClaims = z.object({ ...session, attestation: castProof });
export type VerifiedClaims = z.infer<typeof verifiedClaims>;

/** `typ` and `aud` of each kind, so that one kind is never accepted as the other. */
export const tokenKinds = {
  pending: { typ: 'popvote-pending+jwe', audience: 'popvote:pending' },
  verified: { typ: 'popvote-verified+jwe', audience: 'popvote:verified' },
} as const;
