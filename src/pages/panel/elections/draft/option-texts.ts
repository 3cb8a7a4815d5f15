// Options from a file or from pasted lines. A file is read like a roll. Its options are in the first column, or in the one
// that its heading names; of a file of an election (options-csv.ts) those of one question are selected. What cannot be an
// option is reported by its row or line, and then nothing is selected.
import { csvText } from '../../../../domain/csv-text.ts';
import { readableText } from '../../../../domain/text/readable-text.ts';
import { createTableReader, evenLikeness, usedWidth } from '../../../../domain/tables/table-reader.ts';
import { isBlank } from '../../../../domain/tables/table-rows.ts';
import type { TableRow } from '../../../../domain/tables/table-rows.ts';
import { rowFaults } from '../../parts/row-faults.ts';
import { numberText } from '../../words.ts';

/** Headings of the column of options. */
const headings: ReadonlySet<string> = new Set(['option', 'options', 'name', 'title', 'text']);
/** The heading of the column that says of which question an option is. */
const questionHeading = 'question';
/** Longest option, in characters: the limit of the service. */
const optionCharactersMax = 500;
/** Largest file of options, in bytes. */
export const optionsFileBytesMax = 1_048_576;
const tooLarge = `A file of options has at most ${optionsFileBytesMax / 1_048_576} MiB.`;
/** Longest row of a file, in characters, with all its columns. */
const rowCharactersMax = 8_192;

const isHeading = (cell: string): boolean => headings.has(cell.toLowerCase());

export type FileOptions =
  | {
      readonly ok: true;
      readonly texts: readonly string[];
      /** The heading of the column, where the file has headings. */
      readonly heading: string | null;
      /** Number of columns. */
      readonly columns: number;
    }
  | { readonly ok: false; readonly faults: readonly string[] };

/** `question`: the place of the contest, from 1. */
export function fileOptions(bytes: Uint8Array, question: number): FileOptions {
  const rows: TableRow[] = [];
  const reader = createTableReader(
    {
      bytesMax: optionsFileBytesMax,
      tooLarge,
      rowCharactersMax,
      likeness: (of) => evenLikeness(of, isHeading),
    },
    (row) => {
      if (row.cells === null || !isBlank(row.cells)) rows.push(row);
    },
  );
  const fault = reader.add(bytes) ?? reader.end();
  return fault === null ? optionsOf(rows, question) : { ok: false, faults: [fault.detail] };
}

function optionsOf(rows: readonly TableRow[], question: number): FileOptions {
  const first = rows[0]?.cells ?? [];
  const headingAt = first.findIndex(isHeading);
  const heading = first[headingAt] ?? null;
  const columns = heading === null ? first.length : usedWidth(first);
  const unreadable = rows.flatMap((row) => rowFault(row, columns));
  if (unreadable.length > 0) return { ok: false, faults: unreadable };
  const hasQuestions = heading !== null && first[0]?.toLowerCase() === questionHeading;
  const read = rows.slice(heading === null ? 0 : 1).map(({ row, cells }) => ({
    at: row,
    // An option is one line.
    text: csvText((cells?.[Math.max(0, headingAt)] ?? '').replace(/\s+/gu, ' ').trim()),
    question: hasQuestions ? (cells?.[0] ?? '') : '',
  }));
  const selection = ofQuestion(
    read.filter(({ text, question: its }) => text !== '' || its !== ''),
    question,
  );
  if ('faults' in selection) return { ok: false, faults: selection.faults };
  const faults = lineFaults(selection.lines, 'Row');
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, texts: selection.lines.map(({ text }) => text), heading, columns };
}

const moreThanFirst = 'has more columns than the first row: put quotation marks around options with a separator';

/** Why a row cannot be read; nothing where it can. */
function rowFault({ row, cells, fault }: TableRow, columns: number): string[] {
  // The rest of an option with a separator in it would be lost.
  const words = cells === null ? rowFaults[fault ?? 'quotes'] : usedWidth(cells) > columns ? moreThanFirst : null;
  return words === null ? [] : [`Row ${row} ${words}.`];
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
