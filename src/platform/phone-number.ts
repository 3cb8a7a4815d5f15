// One spelling (E.164) of a phone number, by libphonenumber's rules.
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';

export type { CountryCode };

/** The number as `+85261234567`, or null where it is not a possible number. `region` serves numbers without a country code. */
export function e164(text: string, region?: CountryCode): string | null {
  const parsed = parsePhoneNumberFromString(text.normalize('NFKC'), region);
  return parsed?.isValid() && !parsed.ext ? parsed.number : null;
}
