// The E.164 form of a phone number, by libphonenumber's rules.
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';

export type { CountryCode };

/**
 * The number as `+85261234567`, or null if it is not a possible number. `region` is for numbers without a country code.
 */
export function e164(text: string, region?: CountryCode): string | null {
  // The whole text must be the number: no number is extracted from a longer text.
  const plain = text
    .normalize('NFKC')
    .trim()
    .replace(/^\((\+\d{1,3})\)/, '$1');
  const parsed = parsePhoneNumberFromString(plain, { ...(region && { defaultCountry: region }), extract: false });
  return parsed?.isValid() && !parsed.ext ? parsed.number : null;
}
