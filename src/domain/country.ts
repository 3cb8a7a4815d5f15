// Countries by their codes of ISO 3166, as the engine knows them.

/** Whether there is a country or region with this code of two capital letters. */
export function isCountry(code: string): boolean {
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  return /^[A-Z]{2}$/.test(code) && names.of(code) !== undefined;
}
