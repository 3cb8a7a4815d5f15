// Finds the code in what a voter texted: people add words, spaces and full-width digits. Pure. What has no code is no
// error: numbers that are printed get all kinds of texts.
import { textInCodeDigits } from '../../../protocol/sms-service.ts';

/** Most of a text that is looked at, in characters: the longest that providers pass on. */
const bodyCharactersMax = 1_600;

const half = textInCodeDigits / 2;
const gap = String.raw`[ \t\u00a0-]`;
// From the strictest reading to the widest, so that "Vote 1: 482913" is not read as 148291.
const readings = [
  // 482913
  new RegExp(String.raw`(?<!\d)\d{${textInCodeDigits}}(?!\d)`),
  // 482 913, as the page shows it
  new RegExp(String.raw`(?<!\d)\d{${half}}${gap}\d{${half}}(?!\d)`),
  // 4 8 2 9 1 3, and nothing else that could be a digit of it
  new RegExp(String.raw`(?<!\d${gap}?)\d(?:${gap}?\d){${textInCodeDigits - 1}}(?!${gap}?\d)`),
];

/** The first group of exactly the digits of a text-in code, or null. */
export function codeInText(body: string): string | null {
  const text = body.slice(0, bodyCharactersMax).normalize('NFKC');
  for (const reading of readings) {
    const found = reading.exec(text);
    if (found) return found[0].replace(/\D/g, '');
  }
  return null;
}
