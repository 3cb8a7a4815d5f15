// The identity of a voter: the schemes, their canonical form and their check digits. Form only: whether a person
// exists, is eligible or has voted is never decided here, so that the first step of a vote gives everyone the same
// answer.
import { canonicalRollNumber } from './roll/roll-number.ts';
import { typedNumberUnitsMax, withoutSeparators } from './text/typed-number.ts';

export const identitySchemes = ['hkid', 'jmbg', 'phone-only', 'roll'] as const;
export type IdentityScheme = (typeof identitySchemes)[number];

export type IdentityFault = 'missing' | 'unexpected' | 'shape' | 'date' | 'check-digit';
export type CanonicalIdentity =
  { readonly ok: true; readonly canonical: string } | { readonly ok: false; readonly fault: IdentityFault };

/**
 * The one spelling of an identity number, or why it cannot be one. `phone-only` takes no number and its canonical form
 * is empty: the phone is the identity.
 */
export function canonicalIdentity(scheme: IdentityScheme, number: string | undefined): CanonicalIdentity {
  if (scheme === 'phone-only') {
    return number === undefined ? { ok: true, canonical: '' } : { ok: false, fault: 'unexpected' };
  }
  if (number === undefined) return { ok: false, fault: 'missing' };
  if (number.length > typedNumberUnitsMax) return { ok: false, fault: 'shape' };
  if (scheme === 'roll') {
    const canonical = canonicalRollNumber(number);
    return canonical === null ? { ok: false, fault: 'shape' } : { ok: true, canonical };
  }
  const folded = withoutSeparators(number).toUpperCase();
  switch (scheme) {
    case 'hkid':
      return canonicalHkid(folded);
    case 'jmbg':
      return canonicalJmbg(folded);
  }
}

// Hong Kong identity card: one or two letters, six digits, a check digit 0-9 or A. Letters count 10 to 35, an absent
// first letter counts 36 (a space), weights run 9 to 1 and the sum is a multiple of 11.
function canonicalHkid(folded: string): CanonicalIdentity {
  const match = /^([A-Z]{1,2})(\d{6})([\dA])$/.exec(folded);
  if (!match) return { ok: false, fault: 'shape' };
  const [, letters = '', digits = '', check = ''] = match;
  const values = Array.from(letters.padStart(2, ' '), (letter) => (letter === ' ' ? 36 : letter.charCodeAt(0) - 55));
  values.push(...Array.from(digits, Number), check === 'A' ? 10 : Number(check));
  const sum = values.reduce((total, value, index) => total + value * (9 - index), 0);
  return sum % 11 === 0 ? { ok: true, canonical: folded } : { ok: false, fault: 'check-digit' };
}

// Unique master citizen number (JMBG): DDMMYYY, region, sequence, check digit by weights 7..2 twice, modulo 11.
function canonicalJmbg(folded: string): CanonicalIdentity {
  if (!/^\d{13}$/.test(folded)) return { ok: false, fault: 'shape' };
  const digits = Array.from(folded, Number);
  const day = Number(folded.slice(0, 2));
  const month = Number(folded.slice(2, 4));
  const lastThree = Number(folded.slice(4, 7));
  // Three digits of the year: 000-799 are of this millennium, 800-999 of the last.
  const year = lastThree < 800 ? 2000 + lastThree : 1000 + lastThree;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(month, year)) return { ok: false, fault: 'date' };
  const weights = [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  const remainder = weights.reduce((total, weight, index) => total + weight * (digits[index] ?? 0), 0) % 11;
  // A remainder of 0 or 1 leaves 11 or 10, and the check digit is then 0. Descriptions differ about 1: decision 0016.
  const check = remainder <= 1 ? 0 : 11 - remainder;
  return digits[12] === check ? { ok: true, canonical: folded } : { ok: false, fault: 'check-digit' };
}

function daysIn(month: number, year: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}
