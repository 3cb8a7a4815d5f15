// Rows of a CSV text (RFC 4180), also with the separators that spreadsheets write, and any line ends.

export type CsvSeparator = ',' | ';' | '\t';

/** A quotation mark where none may be. */
export class MalformedCsv extends Error {
  override readonly name = 'MalformedCsv';
  readonly row: number;
  constructor(row: number) {
    super(`row ${row} has a quotation mark in a wrong place`);
    this.row = row;
  }
}

/** Throws `MalformedCsv`. Empty rows are left out. */
export const readCsv = (text: string): readonly (readonly string[])[] =>
  readNumberedCsv(text).map(({ cells }) => cells);

/** `row`: from 1, with the empty ones. */
export type NumberedRow = { readonly row: number; readonly cells: readonly string[] };

/** The same with the place of each row. */
export function readNumberedCsv(text: string, separator: CsvSeparator = ','): readonly NumberedRow[] {
  const rows: NumberedRow[] = [];
  let cells: string[] = [];
  // A cell, quoted or not, and its end.
  const pattern = `(?:"([^"]*(?:""[^"]*)*)"|([^"${separator}\\r\\n]*))(${separator}|\\r\\n|\\r|\\n|$)`;
  const cell = new RegExp(pattern, 'y');
  for (let row = 1, end: string | undefined; end !== '';) {
    const match = cell.exec(text);
    if (match === null) throw new MalformedCsv(row);
    const [, quoted, plain = ''] = match;
    end = match[3] ?? '';
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === separator) continue;
    if (cells.length > 1 || cells[0] !== '') rows.push({ row, cells });
    cells = [];
    row += 1;
  }
  return rows;
}
