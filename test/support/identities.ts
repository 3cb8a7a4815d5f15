// Numbers that pass the check digits, made from a counter so that runs never collide.

/** The nth HKID-shaped number, such as `A1234563`. */
export function hkid(n: number): string {
  const letter = String.fromCharCode(65 + (Math.floor(n / 1_000_000) % 26));
  const digits = String(n % 1_000_000).padStart(6, '0');
  const values = [36, letter.charCodeAt(0) - 55, ...Array.from(digits, Number)];
  const sum = values.reduce((total, value, index) => total + value * (9 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return `${letter}${digits}${check === 10 ? 'A' : check}`;
}

/** The nth Hong Kong mobile number, E.164. */
export function phone(n: number): string {
  return `+8526${String(1_000_000 + (n % 9_000_000)).padStart(7, '0')}`;
}
