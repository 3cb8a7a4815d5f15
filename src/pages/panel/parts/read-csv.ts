// Rows of a CSV text that PopVote wrote (csv-text.ts). Files of people are read by table-reader.ts.

/** Throws for a quotation mark where none may be. Empty rows are left out. */
export function readCsv(text: string): readonly (readonly string[])[] {
  const rows: (readonly string[])[] = [];
  let cells: string[] = [];
  // A cell, quoted or not, and its end.
  const cell = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\r|\n|$)/y;
  for (let end: string | undefined; end !== '';) {
    const match = cell.exec(text);
    if (match === null) throw new Error('A quotation mark is in a wrong place.');
    const [, quoted, plain = ''] = match;
    end = match[3] ?? '';
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (cells.length > 1 || cells[0] !== '') rows.push(cells);
    cells = [];
  }
  return rows;
}
