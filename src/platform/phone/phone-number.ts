// The E.164 form of a phone number, by libphonenumber's rules, from whatever people type, paste or a gateway sends.
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';
import { withoutSeparators } from '../../domain/text/typed-number.ts';

export type { CountryCode };

/**
 * The number as `+85261234567`, or null if it is not a possible number. `region` is for numbers without a country code.
 */
export function e164(text: string, region?: CountryCode): string | null {
  const plain = withoutSeparators(text).replace(/^tel/i, '');
  // The whole text must be the number: no number is extracted from a longer text.
  const parsed = parsePhoneNumberFromString(plain, { ...(region && { defaultCountry: region }), extract: false });
  return parsed?.isValid() && !parsed.ext ? parsed.number : null;
}
