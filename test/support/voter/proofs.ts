// What a client and `sms` make before a cast: the tag of a ballot key, and the proof of a session.
import { randomBytes } from 'node:crypto';
import { contentHash } from '../../../src/platform/content-hash.ts';
import { createTextCodes } from '../../../src/platform/keys/text-codes.ts';
import type { Attestation } from '../../../src/protocol/proofs/attestation.ts';
import type { SmsKeys } from '../../../src/protocol/key-files.ts';
import { bindingBytes, castTagBytes } from '../../../src/protocol/proofs/session-binding.ts';
import type { BoundSession } from '../../../src/protocol/proofs/session-binding.ts';
import { createAttest } from '../../../src/services/sms/attestations.ts';

export const castTagOf = (ballotKey: string): string => contentHash(castTagBytes(ballotKey));
export const newSid = (): string => randomBytes(16).toString('base64url');

type ProvenSession = Omit<BoundSession, 'castTag'> & { readonly ballotKey: string };
type ProofOptions = { readonly method?: Attestation['method']; readonly atMs?: number };

/** The proof of a session, as `sms` makes it when the phone texts the code, or when the code is entered. */
export function createProver(keys: Pick<SmsKeys, 'attestations' | 'codes'>) {
  const attest = createAttest(keys.attestations);
  const codes = createTextCodes(keys.codes);
  return ({ ballotKey, ...session }: ProvenSession, { method = 'text-in', atMs = Date.now() }: ProofOptions = {}) => {
    const binding = contentHash(bindingBytes({ ...session, castTag: castTagOf(ballotKey) }));
    const { phoneKey } = session;
    const proof = method !== 'text-in' ? binding : codes.make({ phoneKey, binding }, atMs).codeTag;
    return attest(method, phoneKey, proof, atMs);
  };
}

/** For sessions that no test casts with. */
export const anyCastTag = castTagOf(randomBytes(32).toString('base64url'));
