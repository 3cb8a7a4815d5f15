// The country of a mobile number, by libphonenumber's metadata of mobile numbers. SMS messages cost money, so they are
// sent only to numbers that are known to be mobile numbers.
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/mobile';

/** Whether mobile numbers of a country (ISO 3166) are known. */
export const hasMobileNumbers = (country: string): boolean => isSupportedCountry(country);

/** The ISO 3166 code of the country of an E.164 mobile number, or null if it is not one. */
export function mobileCountry(number: string): string | null {
  const parsed = parsePhoneNumberFromString(number, { extract: false });
  return parsed?.isValid() === true ? (parsed.country ?? null) : null;
}
