// The second element of a person on a roll: a PIN or the birth date. Step 1 of a vote asks for it together with the
// number, and only both together are on the roll. The service that imports a roll, the service that starts a vote and
// the pages use these rules.
// The voters' page loads this module only where it is needed, so it imports nothing.
import type { PlainText } from '../text/typed-number.ts';

export const secondElements = ['pin', 'birth-date'] as const;
export type SecondElement = (typeof secondElements)[number];

/** Where a text comes from: a voter who reads a hint about the order of day and month, or a file. */
export type SecondSource = 'typed' | 'file';

/** Fewest and most digits of a PIN. */
export const pinDigitsMin = 4;
export const pinDigitsMax = 12;

/**
 * The canonical form of a second element; null if the text cannot be one. A PIN is its digits, and zeros at the
 * beginning count. A birth date is `YYYY-MM-DD`.
 */
export function canonicalSecond(kind: SecondElement, text: PlainText, source: SecondSource): string | null {
  return kind === 'pin' ? canonicalPin(text) : canonicalDate(text, source);
}

const spaces = /[\p{Z}\s\u2800]+/gu;
const pinForm = new RegExp(`^[0-9]{${pinDigitsMin},${pinDigitsMax}}$`);

// Separators are not dropped: 1234.0 and 1,234 are numbers of a spreadsheet, and not the PIN 12340 or 1234.
function canonicalPin(text: PlainText): string | null {
  const digits = text.replace(spaces, '');
  return pinForm.test(digits) ? digits : null;
}

const yearFirst = /^(\d{4})([-./ ])(\d{1,2})\2(\d{1,2})\.?$/;
const eastAsian = /^(\d{4})年(\d{1,2})月(\d{1,2})日?$/;
const dayFirst = /^(\d{1,2})([-./ ])(\d{1,2})\2(\d{4})\.?$/;

// Years of two digits, numbers of days as spreadsheets count them and digits without separators are never read.
function canonicalDate(text: PlainText, source: SecondSource): string | null {
  const folded = text
    .replace(spaces, ' ')
    .replace(/ ?([-./年月日]) ?/g, '$1')
    .trim();
  const big = yearFirst.exec(folded);
  if (big) return isoDate(big[1], big[3], big[4]);
  const asian = eastAsian.exec(folded);
  if (asian) return isoDate(asian[1], asian[2], asian[3]);
  const small = dayFirst.exec(folded);
  if (!small) return null;
  // In a file 3/4/1980 may be in the order of America: only full stops are always after the day first.
  return source === 'file' && small[2] !== '.' ? null : isoDate(small[4], small[3], small[1]);
}

/** The date, if the calendar has it and a living person may have been born on it. */
function isoDate(year = '', month = '', day = ''): string | null {
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${iso}T00:00:00Z`);
  // Where the calendar has no such day, the date is of the next month, or none at all.
  const real = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso);
  return real && /^(?:18|19|20)/.test(year) ? iso : null;
}
