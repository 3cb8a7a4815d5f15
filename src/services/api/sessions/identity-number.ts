// The canonical form of a number, and of a second element, that a voter sent; or the rejection with what to do.
import { canonicalIdentity } from '../../../domain/identity.ts';
import type { IdentityFault } from '../../../domain/identity.ts';
import { canonicalSecond, pinDigitsMax, pinDigitsMin } from '../../../domain/roll/second-element.ts';
import type { SecondElement } from '../../../domain/roll/second-element.ts';
import { withPlainSigns } from '../../../domain/text/typed-number.ts';
import { rollSubject } from '../../../protocol/ballot-service.ts';
import { Problem } from '../../../protocol/problem.ts';
import type { PublicElection } from '../../../protocol/public-document.ts';

const identityAdvice: Readonly<Record<IdentityFault, string>> = {
  missing: 'This election requires an identity number. Send it as "identity": {"number": …}.',
  unexpected: 'In this election the phone is the identity. Leave out "identity".',
  shape: 'The length or the characters of the number are wrong. Copy it from the card or letter.',
  date: 'The first seven digits are not a date. Copy the number from the card.',
  'check-digit': 'The check digit does not match: one character is mistyped or two are swapped.',
};
const secondAdvice: Readonly<Record<SecondElement, string>> = {
  pin: `This election requires the PIN too: ${pinDigitsMin} to ${pinDigitsMax} digits. Send it as "second".`,
  'birth-date':
    'This election requires the birth date too: year, month and day, or day, month and year, with four digits for the ' +
    'year. Send it as "second".',
};
const noSecond = 'This election has no second element. Leave out "second".';

type Typed = { readonly number?: string | undefined; readonly second?: string | undefined };

/**
 * Who a voter says they are. `number` is canonical; `subject` is that of `identityText`. `place` is the path of what
 * was typed. Throws `invalid-identity` with all faults.
 */
export function canonicalTyped(
  { scheme, second: kind }: PublicElection['identity'],
  { number, second }: Typed,
  place: 'body' | 'body/identity',
): { readonly number: string; readonly subject: string } {
  const read = canonicalIdentity(scheme, number);
  const canonical = kind === undefined ? undefined : canonicalSecond(kind, withPlainSigns(second ?? ''), 'typed');
  const errors = [];
  if (!read.ok) {
    errors.push({ path: number === undefined ? place : `${place}/number`, detail: identityAdvice[read.fault] });
  }
  if (kind !== undefined && canonical === null) errors.push({ path: `${place}/second`, detail: secondAdvice[kind] });
  if (kind === undefined && second !== undefined) errors.push({ path: `${place}/second`, detail: noSecond });
  if (!read.ok || canonical === null || errors.length > 0) throw new Problem('invalid-identity', { errors });
  return { number: read.canonical, subject: rollSubject(read.canonical, canonical) };
}
