// Options from a file or from pasted lines. A CSV file is in UTF-8, and separated as its first row is. Its options are
// in the first column, or in the one that its heading names; of a file of an election (options-csv.ts) those of one
// question are selection. What cannot be an option is reported by its row or line, and nothing is selection.
import { csvText } from '../../../../domain/csv-text.ts';
import { readableText } from '../../../../domain/text/readable-text.ts';
import { MalformedCsv, readNumberedCsv } from '../../parts/read-csv.ts';
import type { CsvSeparator, NumberedRow } from '../../parts/read-csv.ts';
import { numberText } from '../../words.ts';

/** Headings of the column of options. */
const headings: ReadonlySet<string> = new Set(['option', 'options', 'name', 'title', 'text']);
/** The heading of the column that says of which question an option is. */
const questionHeading = 'question';
/** Longest option, in characters: the limit of the service. */
const optionCharactersMax = 500;

export type FileOptions =
  | {
      readonly ok: true;
      readonly texts: readonly string[];
      /** The heading of the column, where the file has headings. */
      readonly heading: string | null;
    }
  | { readonly ok: false; readonly faults: readonly string[] };

/** `question`: the place of the contest, from 1. */
export function fileOptions(bytes: ArrayBuffer, question: number): FileOptions {
  const text = utf8Of(bytes);
  if (text === null) return { ok: false, faults: [notUtf8] };
  try {
    return optionsOf(readNumberedCsv(text, separatorOf(text)), question);
  } catch (error) {
    if (!(error instanceof MalformedCsv)) throw error;
    const fault = `Row ${error.row} of this file has a quotation mark in a wrong place. Correct it, or paste the options.`;
    return { ok: false, faults: [fault] };
  }
}

function optionsOf(rows: readonly NumberedRow[], question: number): FileOptions {
  const names = (rows[0]?.cells ?? []).map((cell) => cell.trim().toLowerCase());
  const hasQuestions = names[0] === questionHeading;
  const headingAt = names.findIndex((name) => headings.has(name));
  const hasHeading = headingAt >= 0;
  const column = Math.max(0, headingAt);
  const read = rows.slice(hasHeading ? 1 : 0).map(({ row, cells }) => ({
    at: row,
    // An option is one line.
    text: csvText((cells[column] ?? '').replace(/\s+/gu, ' ').trim()),
    question: hasHeading && hasQuestions ? (cells[0] ?? '').trim() : '',
  }));
  const selection = ofQuestion(
    read.filter(({ text, question: its }) => text !== '' || its !== ''),
    question,
  );
  if ('faults' in selection) return { ok: false, faults: selection.faults };
  const faults = lineFaults(selection.lines, 'Row');
  if (faults.length > 0) return { ok: false, faults };
  const heading = hasHeading ? (rows[0]?.cells[column]?.trim() ?? null) : null;
  return { ok: true, texts: selection.lines.map(({ text }) => text), heading };
}

type Line = { readonly at: number; readonly text: string };

/** The rows of one question. Those of a file about one question alone are of any. */
function ofQuestion(
  rows: readonly (Line & { readonly question: string })[],
  question: number,
): { readonly lines: readonly Line[] } | { readonly faults: readonly string[] } {
  if (rows.every((row) => row.question === (rows[0]?.question ?? ''))) return { lines: rows };
  const wrong = rows.filter((row) => !/^[1-9]\d{0,3}$/.test(row.question));
  if (wrong.length > 0)
    return { faults: wrong.map(({ at }) => `Row ${at}: write the number of the question, such as 1.`) };
  const lines = rows.filter((row) => Number(row.question) === question);
  return lines.length > 0 ? { lines } : { faults: [`The file has no options of question ${question}.`] };
}

/** What is wrong with lines of a text or rows of a file. Each fault names its place. */
export function lineFaults(lines: readonly Line[], kind: 'Row' | 'Line'): string[] {
  const firstAt = new Map<string, number>();
  return lines.flatMap(({ at, text }) => {
    const first = firstAt.get(text);
    firstAt.set(text, first ?? at);
    const fault = first === undefined ? faultOf(text) : `repeats ${kind.toLowerCase()} ${first}.`;
    return fault === null ? [] : [`${kind} ${at} ${fault}`];
  });
}

function faultOf(text: string): string | null {
  const { length } = Array.from(text);
  if (length > optionCharactersMax)
    return `has ${numberText(length)} characters. An option has at most ${optionCharactersMax}.`;
  const read = readableText(text);
  if (read.ok) return null;
  if (read.fault === 'empty') return 'has no letter, digit or sign.';
  if (read.fault === 'covered') return 'has too many marks on one letter.';
  const code = (read.character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `has a character that people cannot see, U+${code}. Type it again.`;
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
