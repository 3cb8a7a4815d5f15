// The country of a mobile number, by libphonenumber's metadata of mobile numbers. Texts cost money: a number that is not
// known to be a mobile of a country is not texted.
import { parsePhoneNumberFromString } from 'libphonenumber-js/mobile';

/** The ISO 3166 code of the country whose mobile number this E.164 number is, or null where it is none. */
export function mobileCountry(number: string): string | null {
  const parsed = parsePhoneNumberFromString(number, { extract: false });
  return parsed?.isValid() === true ? (parsed.country ?? null) : null;
}
