// Finds the code in a voter's text. People add words, spaces and full-width digits. Pure. A text without a code is not
// an error, because published numbers receive all kinds of texts.
import { textInCodeDigits } from '../../../protocol/sms-service.ts';

/** Most characters of a text that are searched: the longest text that providers forward. */
const bodyCharactersMax = 1_600;

const half = textInCodeDigits / 2;
const gap = String.raw`[ \t\u00a0-]`;
// From the strictest pattern to the widest, so that "Vote 1: 482913" is not read as 148291.
const readings = [
  // 482913
  new RegExp(String.raw`(?<!\d)\d{${textInCodeDigits}}(?!\d)`),
  // 482 913, as the page shows it
  new RegExp(String.raw`(?<!\d)\d{${half}}${gap}\d{${half}}(?!\d)`),
  // 4 8 2 9 1 3, without any adjacent digit
  new RegExp(String.raw`(?<!\d${gap}?)\d(?:${gap}?\d){${textInCodeDigits - 1}}(?!${gap}?\d)`),
];

/** The first group with exactly the digits of a text-in code, or null. */
export function codeInText(body: string): string | null {
  const text = body.slice(0, bodyCharactersMax).normalize('NFKC');
  for (const reading of readings) {
    const match = reading.exec(text);
    if (match) return match[0].replace(/\D/g, '');
  }
  return null;
}
