// The country and kind of a phone line, by the form of the number, with libphonenumber's complete metadata.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumberType } from 'libphonenumber-js';

type PhoneLine = 'mobile' | 'fixed' | 'voip';

/** In some countries numbers do not tell mobile lines from fixed ones: they count as mobile. Other kinds are no line. */
const lines: Readonly<Partial<Record<PhoneNumberType, PhoneLine>>> = {
  MOBILE: 'mobile',
  FIXED_LINE_OR_MOBILE: 'mobile',
  FIXED_LINE: 'fixed',
  VOIP: 'voip',
};

/** Of an E.164 number; null for one that is of no country (ISO 3166) or of no kind that may be admitted. */
export function phoneLineOf(number: string): { readonly country: string; readonly line: PhoneLine } | null {
  const parsed = parsePhoneNumberFromString(number, { extract: false });
  const type = parsed?.getType();
  const line = type && lines[type];
  return line && parsed?.country ? { country: parsed.country, line } : null;
}
