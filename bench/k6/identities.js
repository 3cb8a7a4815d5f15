// Voters that pass every check of form and exist nowhere: the nth number and the nth phone, the same as in
// test/support/identities.ts (a test compares them). Nothing of k6 is imported here, so that Node can read it too.

/** The nth HKID-shaped number, such as `A1234563`. */
export function hkid(n) {
  const letter = String.fromCharCode(65 + (Math.floor(n / 1000000) % 26));
  const digits = String(n % 1000000).padStart(6, '0');
  const values = [36, letter.charCodeAt(0) - 55, ...[...digits].map(Number)];
  const sum = values.reduce((total, value, index) => total + value * (9 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return `${letter}${digits}${check === 10 ? 'A' : check}`;
}

/** The nth Hong Kong mobile number, E.164. */
export function phone(n) {
  return `+8526${String(1000000 + (n % 9000000)).padStart(7, '0')}`;
}
