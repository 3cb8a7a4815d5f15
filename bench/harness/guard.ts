// What a load generator must ask before its first request: it pretends to be thousands of voters, so it may only touch a
// rehearsal, and only machines that its user named knowingly.
import { isIP } from 'node:net';
import { valueIsSigned, verificationKeys } from '../../src/platform/keys/signatures.ts';
import type { PublicKeys } from '../../src/protocol/key-files.ts';
import { electionDocument } from '../../src/protocol/public-document.ts';
import type { PublicElection } from '../../src/protocol/public-document.ts';

export type Rejection = { readonly allowed: false; readonly reason: string };
export type Permission = { readonly allowed: true; readonly election: PublicElection };

/** Whether a host is this machine, by its name alone: no resolver is asked. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** Judges an election's document as the API served it. With public keys the signature is checked too. */
export function judgeElection(
  body: string,
  options: { readonly iKnow: boolean; readonly publicKeys?: PublicKeys | undefined },
): Permission | Rejection {
  const parsed = electionDocument.safeParse(jsonOf(body));
  if (!parsed.success) return { allowed: false, reason: 'The answer is not the public document of an election.' };
  const { election, signature } = parsed.data;
  // The signature covers what was sent, members of a later version included: so the raw value is checked.
  const raw = (jsonOf(body) as { election: unknown }).election;
  if (options.publicKeys && !valueIsSigned(verificationKeys(options.publicKeys.publishers), raw, signature)) {
    return { allowed: false, reason: 'The document is not signed by a publisher whose key you gave.' };
  }
  if (!election.rehearsal && !options.iKnow) {
    return {
      allowed: false,
      reason: `${election.id} is not a rehearsal: votes in it count. To do it all the same: --i-know`,
    };
  }
  if (election.phase !== 'open') return { allowed: false, reason: `${election.id} is ${election.phase}, not open.` };
  if (!election.verification.methods.includes('text-in')) {
    return { allowed: false, reason: `${election.id} does not offer verification by text-in.` };
  }
  return { allowed: true, election };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
