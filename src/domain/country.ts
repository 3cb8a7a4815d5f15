// Countries by their codes of ISO 3166, as the engine knows them.

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Whether there is a country or region with this code of two capital letters. */
export function isCountry(code: string): boolean {
  return /^[A-Z]{2}$/.test(code) && names.of(code) !== undefined;
}
