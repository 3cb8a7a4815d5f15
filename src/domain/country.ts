// Countries by their codes of ISO 3166, as the engine knows them.

// Made at the first use: making it takes far longer than a question.
let names: Intl.DisplayNames | undefined;

/** Whether there is a country or region with this code of two capital letters. */
export function isCountry(code: string): boolean {
  names ??= new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  return /^[A-Z]{2}$/.test(code) && names.of(code) !== undefined;
}
