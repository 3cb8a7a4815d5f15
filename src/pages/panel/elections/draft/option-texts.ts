// The options of a CSV file: the first cell of each row. The file is in UTF-8, and separated as its first row is.
import { MalformedCsv, readCsv } from '../../parts/read-csv.ts';
import type { CsvSeparator } from '../../parts/read-csv.ts';

/** Headings of the first column, which are no option. */
const headings: ReadonlySet<string> = new Set(['option', 'options', 'name', 'title', 'text']);

export type FileOptions =
  | {
      readonly ok: true;
      readonly texts: readonly string[];
      /** The first cell, where it was taken for a heading. */
      readonly heading: string | null;
    }
  | { readonly ok: false; readonly fault: string };

export function fileOptions(bytes: ArrayBuffer): FileOptions {
  const text = utf8Of(bytes);
  if (text === null) return { ok: false, fault: notUtf8 };
  try {
    const cells = readCsv(text, separatorOf(text))
      // An option is one line.
      .map(([first = '']) => first.replace(/\s+/gu, ' ').trim())
      .filter((cell) => cell !== '');
    const [first = '', ...rest] = cells;
    return headings.has(first.toLowerCase())
      ? { ok: true, texts: rest, heading: first }
      : { ok: true, texts: cells, heading: null };
  } catch (error) {
    if (!(error instanceof MalformedCsv)) throw error;
    return {
      ok: false,
      fault: `Row ${error.row} of this file has a quotation mark in a wrong place. Correct it, or paste the options.`,
    };
  }
}

const notUtf8 = 'This file is not in UTF-8. Save it as “CSV UTF-8” and choose it again, or paste the options.';

function utf8Of(bytes: ArrayBuffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** The separator that the first row has outside quotes: spreadsheets write a comma, a semicolon or a tab. */
function separatorOf(text: string): CsvSeparator {
  const [first = ''] = text.replaceAll(/"[^"]*"/g, '').split(/[\r\n]/, 1);
  return (['\t', ';'] as const).find((each) => first.includes(each)) ?? ',';
}
