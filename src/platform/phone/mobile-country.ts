// The country of a mobile number, by libphonenumber's metadata of mobile numbers. SMS messages cost money, so they are
// sent only to numbers that are known to be mobile numbers.
import { parsePhoneNumberFromString } from 'libphonenumber-js/mobile';

/** The ISO 3166 code of the country of an E.164 mobile number, or null if it is not one. */
export function mobileCountry(number: string): string | null {
  const parsed = parsePhoneNumberFromString(number, { extract: false });
  return parsed?.isValid() === true ? (parsed.country ?? null) : null;
}
