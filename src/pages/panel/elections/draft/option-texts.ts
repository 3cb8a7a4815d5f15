// The options of a pasted text or a CSV file.
import { readCsv } from '../../parts/read-csv.ts';

/** Headings of the first column, which are no option. */
const headings: ReadonlySet<string> = new Set(['option', 'options', 'name', 'title', 'text']);

/** The first cell of each row, without a heading. */
export function optionTexts(text: string): readonly string[] {
  const firstCells = readCsv(text.replace(/^\uFEFF/, '').replace(/\r\n|\r|\n/g, '\r\n')).map(([first = '']) =>
    first.trim(),
  );
  const [heading = '', ...rest] = firstCells;
  return (headings.has(heading.toLowerCase()) ? rest : firstCells).filter((cell) => cell !== '');
}
