// Classifies the lines of a roll file, one person in each: heading, blank, person, or malformed with the reason. It
// accepts the output of spreadsheets: a byte order mark, quotes, commas, semicolons or tabs. The number is in the
// column with the heading "number", or in the first column. At most one line is in memory.
import { canonicalIdentity } from '../../../domain/identity.ts';
import type { MalformedReason } from '../../../protocol/control/election-lifecycle-api.ts';
import { boundedLines } from './bounded-lines.ts';

/** Longest line, in characters, with all its columns. */
const lineCharactersMax = 4_096;

export type RollLine =
  | { readonly row: number; readonly kind: 'heading' }
  | { readonly row: number; readonly kind: 'blank' }
  | { readonly row: number; readonly kind: 'person'; readonly canonical: string }
  | { readonly row: number; readonly kind: 'malformed'; readonly reason: MalformedReason };

const heading = 'number';
const delimiters = [',', ';', '\t'] as const;
// Control characters except the tab, which do not occur in texts of people.
const controlCharacter = /[\u0000-\u0008\u000B-\u001F\u007F]/;

/** Yields the lines of a roll file with row numbers from 1. `canonical` is the normalized identity number. */
export async function* rollLines(chunks: AsyncIterable<string>): AsyncGenerator<RollLine> {
  let form: { delimiter: string; column: number } | undefined;
  for await (const { row, text } of boundedLines(chunks, lineCharactersMax)) {
    const line = row === 1 ? text?.replace(/^\uFEFF/, '') : text;
    if (line === null || line === undefined) {
      yield { row, kind: 'malformed', reason: 'too-long' };
      continue;
    }
    if (line.trim() === '') {
      yield { row, kind: 'blank' };
      continue;
    }
    if (form === undefined) {
      const delimiter = delimiterOf(line);
      const column = cellsOf(line, delimiter)?.findIndex((cell) => cell.toLowerCase() === heading) ?? -1;
      form = { delimiter, column: Math.max(0, column) };
      if (column >= 0) {
        yield { row, kind: 'heading' };
        continue;
      }
    }
    yield judged(row, line, form);
  }
}

function judged(row: number, line: string, form: { delimiter: string; column: number }): RollLine {
  if (controlCharacter.test(line)) return { row, kind: 'malformed', reason: 'control-character' };
  const cells = cellsOf(line, form.delimiter);
  if (cells === null) return { row, kind: 'malformed', reason: 'quotes' };
  // Spreadsheets write lines of empty cells below a table.
  if (cells.every((cell) => cell === '')) return { row, kind: 'blank' };
  const identity = canonicalIdentity('roll', cells[form.column] ?? '');
  return identity.ok
    ? { row, kind: 'person', canonical: identity.canonical }
    : { row, kind: 'malformed', reason: 'not-a-number' };
}

// The most frequent delimiter in the first line.
function delimiterOf(line: string): string {
  const often = (delimiter: string): number => line.split(delimiter).length;
  return delimiters.reduce((best, each) => (often(each) > often(best) ? each : best));
}

/** The trimmed cells of a line (RFC 4180), or null if quotes do not match. Cells have no line breaks. */
function cellsOf(line: string, delimiter: string): readonly string[] | null {
  if (!line.includes('"')) return line.split(delimiter).map((cell) => cell.trim());
  const cells: string[] = [];
  let at = 0;
  while (at <= line.length) {
    const rest = line.slice(at);
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(rest);
    const end = quoted ? at + quoted[0].length : nextOf(line, delimiter, at);
    const cell = quoted?.[1]?.replaceAll('""', '"') ?? line.slice(at, end);
    if ((quoted && end < line.length && line[end] !== delimiter) || (!quoted && cell.includes('"'))) return null;
    cells.push(cell.trim());
    at = end + 1;
  }
  return cells;
}

function nextOf(line: string, delimiter: string, from: number): number {
  const index = line.indexOf(delimiter, from);
  return index < 0 ? line.length : index;
}
