// The canonical form of a number that a voter sent, or the rejection with what to do.
import { canonicalIdentity } from '../../../domain/identity.ts';
import type { IdentityFault, IdentityScheme } from '../../../domain/identity.ts';
import { Problem } from '../../../protocol/problem.ts';

const identityAdvice: Readonly<Record<IdentityFault, string>> = {
  missing: 'This election requires an identity number. Send it as "identity": {"number": …}.',
  unexpected: 'In this election the phone is the identity. Leave out "identity".',
  shape: 'The length or the characters of the number are wrong. Copy it from the card or letter.',
  date: 'The first seven digits are not a date. Copy the number from the card.',
  'check-digit': 'The check digit does not match: one character is mistyped or two are swapped.',
};

/** Throws `invalid-identity`. */
export function canonicalNumber(scheme: IdentityScheme, number: string | undefined): string {
  const read = canonicalIdentity(scheme, number);
  if (read.ok) return read.canonical;
  const path = number === undefined ? 'body/identity' : 'body/identity/number';
  throw new Problem('invalid-identity', { errors: [{ path, detail: identityAdvice[read.fault] }] });
}
