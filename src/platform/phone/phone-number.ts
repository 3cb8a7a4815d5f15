// The E.164 form of a phone number, by libphonenumber's rules, from whatever people type, paste or a gateway sends. Gateways
// and pages mostly send that form already: then the library's own patterns tell, without its parser.
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { Metadata } from 'libphonenumber-js/core';
import type { CountryCode } from 'libphonenumber-js';
import metadata from 'libphonenumber-js/min/metadata';
import { withoutSeparators } from '../../domain/text/typed-number.ts';

export type { CountryCode };

/**
 * The number as `+85261234567`, or null if it is not a possible number. `region` is for numbers without a country code.
 */
export function e164(text: string, region?: CountryCode): string | null {
  if (isCertainlyE164(text)) return text;
  const plain = withoutSeparators(text).replace(/^tel/i, '');
  // The whole text must be the number: no number is extracted from a longer text.
  const parsed = parsePhoneNumberFromString(plain, { ...(region && { defaultCountry: region }), extract: false });
  return parsed?.isValid() && !parsed.ext ? parsed.number : null;
}

/** The numbers of a country, without its calling code, and the digits that may come before them where it is dialled. */
type Plan = { readonly numbers: RegExp; readonly prefix: RegExp | null };
/** The parts of the library's metadata that its types do not have. */
type NumberingPlan = { nationalNumberPattern(): string; nationalPrefixForParsing(): string | undefined };

/** By calling code, of each country that has one alone. Where several share one, the library asks more than one pattern. */
const plans: ReadonlyMap<string, Plan> = new Map(
  Object.entries(metadata.country_calling_codes).flatMap(([callingCode, [country, ...others]]) => {
    if (country === undefined || others.length > 0) return [];
    const all = new Metadata(metadata);
    all.selectNumberingPlan(country);
    const plan = all.numberingPlan as unknown as NumberingPlan;
    const prefix = plan.nationalPrefixForParsing();
    const numbers = new RegExp(`^(?:${plan.nationalNumberPattern()})$`);
    return [[callingCode, { numbers, prefix: prefix ? new RegExp(`^(?:${prefix})`) : null }]];
  }),
);
/** Digits of a calling code. */
const callingCodeDigits = [1, 2, 3];

/** Whether a text is a number in E.164 without doubt. A prefix may have to be dropped: the library decides. */
function isCertainlyE164(text: string): boolean {
  if (!/^\+[1-9]\d{6,14}$/.test(text)) return false;
  for (const digits of callingCodeDigits) {
    const plan = plans.get(text.slice(1, 1 + digits));
    if (!plan) continue;
    const national = text.slice(1 + digits);
    return plan.numbers.test(national) && plan.prefix?.test(national) !== true;
  }
  return false;
}
