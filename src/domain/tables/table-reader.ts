// The one reader of uploaded tables: rolls, files of paper ballots and options, in the services and in the pages. It takes
// the bytes as they arrive, finds the delimiter, and passes the rows in bounded memory.
import { createTableBytes } from './table-bytes.ts';
import type { TableFault } from './table-bytes.ts';
import { createRowCutter, delimiters, isBlank } from './table-rows.ts';
import type { Delimiter, RowCutter, TableRow } from './table-rows.ts';

/** How much of the text decides the delimiter, in characters, and how many of its rows. */
const sampleCharacters = 32_768;
export const headRowsMax = 20;

export type TableReader = {
  /** Takes the next bytes, in chunks of any size. Must not be called after a fault. */
  add(bytes: Uint8Array): TableFault | null;
  end(): TableFault | null;
  /** null before it is decided. */
  delimiter(): Delimiter | null;
};

export type TableOptions = {
  readonly bytesMax: number;
  /** What to do with a larger file. */
  readonly tooLarge: string;
  readonly rowCharactersMax: number;
  /** How well the first rows suit the purpose of the table: the delimiter with the highest number is the right one. */
  readonly likeness: (rows: readonly (readonly string[])[]) => number;
};

export function createTableReader(options: TableOptions, take: (row: TableRow) => void): TableReader {
  const bytes = createTableBytes(options.bytesMax, options.tooLarge);
  let sample = '';
  let delimiter: Delimiter | null = null;
  let cutter: RowCutter | null = null;
  let empty = true;
  const takeRow = (row: TableRow): void => {
    empty &&= row.cells !== null && isBlank(row.cells);
    take(row);
  };
  const begin = (final: boolean): TableFault | null => {
    const separator = separatorLine(sample);
    if (separator?.delimiter === null) return { kind: 'not-a-table', detail: unknownSeparator };
    const text = sample.slice(separator?.length ?? 0);
    delimiter = separator?.delimiter ?? likeliestDelimiter(options, text, final);
    cutter = createRowCutter(delimiter, options.rowCharactersMax, takeRow);
    sample = '';
    cutter.add(text);
    return null;
  };
  const addText = (text: string, final: boolean): TableFault | null => {
    if (cutter !== null) {
      cutter.add(text);
      return null;
    }
    sample += text;
    return final || sample.length >= sampleCharacters ? begin(final) : null;
  };
  return {
    add(part) {
      const decoded = bytes.add(part);
      return decoded.ok ? addText(decoded.text, false) : decoded.fault;
    },
    end() {
      const decoded = bytes.end();
      const fault = decoded.ok ? addText(decoded.text, true) : decoded.fault;
      if (fault !== null) return fault;
      cutter?.end();
      return empty ? { kind: 'not-a-table', detail: emptyTable } : null;
    },
    delimiter: () => delimiter,
  };
}

/** The detail for a file without a row. */
export const emptyTable = 'The file has no rows. Choose the right file.';
const unknownSeparator =
  'The first line names a separator that is not read here. Save the file with commas, semicolons, tabs or |.';

/**
 * The line `sep=;` by which a spreadsheet learns the delimiter. No spreadsheet shows it, so it is not a row. `delimiter`
 * is null where it names one that is not read here.
 */
function separatorLine(text: string): { readonly delimiter: Delimiter | null; readonly length: number } | null {
  const match = /^"?sep=([^\r\n"]?)"?([,;\t| ]*)(?:\r\r\n|\r\n?|\n|$)/i.exec(text);
  if (!match) return null;
  const delimiter = delimiters.find((each) => each === match[1]) ?? null;
  return { delimiter, length: match[0].length };
}

function likeliestDelimiter({ rowCharactersMax, likeness }: TableOptions, text: string, final: boolean): Delimiter {
  let best: { readonly delimiter: Delimiter; readonly score: number } | null = null;
  for (const delimiter of delimiters) {
    if (!text.includes(delimiter)) continue;
    const rows: (readonly string[])[] = [];
    const cutter = createRowCutter(delimiter, rowCharactersMax, ({ cells }) => {
      if (cells !== null && !isBlank(cells) && rows.length < headRowsMax) rows.push(cells);
    });
    cutter.add(text);
    // The last row of the sample may be incomplete. It is read only where there is no other.
    if (final || rows.length === 0) cutter.end();
    const score = likeness(rows);
    if (best === null || score > best.score) best = { delimiter, score };
  }
  return best?.delimiter ?? ',';
}

/**
 * How well rows suit a table of any number of columns: one of them names a column that is needed, or else most of them
 * have equally many columns.
 */
export function evenLikeness(rows: readonly (readonly string[])[], isName: (cell: string) => boolean): number {
  const headings = rows.some((cells) => cells.some(isName)) ? 1 : 0;
  const counts = new Map<number, number>();
  for (const { length } of rows) if (length > 1) counts.set(length, (counts.get(length) ?? 0) + 1);
  return headings * 1_000 + Math.max(0, ...counts.values());
}

/** The cells without empty ones at the end, beyond a number of columns: spreadsheets write delimiters there. */
export function withoutTrailing(cells: readonly string[], columns: number): readonly string[] {
  const length = Math.max(Math.min(columns, cells.length), usedWidth(cells));
  return length === cells.length ? cells : cells.slice(0, length);
}

/** Number of columns up to the last one that is filled. */
export function usedWidth(cells: readonly string[]): number {
  let width = cells.length;
  while (width > 0 && cells[width - 1] === '') width -= 1;
  return width;
}

/** Whether a row above a heading is certainly a title, and no row of the table: fewer cells are filled, or no digit. */
export function isTitle(cells: readonly string[], headingFilled: number): boolean {
  return filledCells(cells) < headingFilled || !cells.some((cell) => /\p{Nd}/u.test(cell));
}

export const filledCells = (cells: readonly string[]): number => cells.filter((cell) => cell !== '').length;
