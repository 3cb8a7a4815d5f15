// Rows of CSV (RFC 4180) for spreadsheets. A text that a spreadsheet would take for a formula is marked as a text by an
// apostrophe before it: no title, note or number may ever be run as a formula.

export type CsvCell = string | number | null;

/** Texts that a spreadsheet may take for a formula. Some programs drop white space and control characters before it. */
const formulaStart = /^[\s\p{Cc}\uFEFF]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]/u;

/** One row with its line end. Null is an empty cell; a number is written without quotes. */
export function csvRow(cells: readonly CsvCell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/** A cell as its text was before `csvRow`: without the apostrophe before what a spreadsheet takes for a formula. */
export const csvText = (cell: string): string =>
  cell.startsWith("'") && formulaStart.test(cell.slice(1)) ? cell.slice(1) : cell;

function cellOf(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = formulaStart.test(cell) || /^[\t\r\n]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
