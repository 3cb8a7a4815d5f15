// One spelling (E.164) of a phone number, by libphonenumber's rules.
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';

export type { CountryCode };

/** The number as `+85261234567`, or null where it is not a possible number. `region` serves numbers without a country code. */
export function e164(text: string, region?: CountryCode): string | null {
  // The whole text is the number: one that merely contains a number is not searched for it.
  const written = text
    .normalize('NFKC')
    .trim()
    .replace(/^\((\+\d{1,3})\)/, '$1');
  const parsed = parsePhoneNumberFromString(written, { ...(region && { defaultCountry: region }), extract: false });
  return parsed?.isValid() && !parsed.ext ? parsed.number : null;
}
