// Cuts the text of a table into rows and their cells (RFC 4180), in bounded memory. CR LF, LF, CR and CR CR LF each end
// a row. A cell in quotes may have line ends, delimiters and doubled quotes. A quotation mark that does not match spoils
// its own line only: reading goes on with the next line. So the reader is synchronous and restarts within the text,
// which kept CSV libraries do not offer, and it runs in a browser as it is.

/** Of two that suit a table equally well the first is right: the later ones are more often a part of a value. */
export const delimiters = ['\t', '|', ';', ','] as const;
export type Delimiter = (typeof delimiters)[number];

/** `encoding`: not UTF-8. `control`: a character that texts of people do not have. */
export type TableRowFault = 'quotes' | 'long' | 'encoding' | 'control';

export type TableRow = {
  /** As a spreadsheet shows it, from 1: a row with line ends in quotes is one row. */
  readonly row: number;
  /** As in the file, without its end. Of a row that is too long only the beginning. */
  readonly text: string;
  /** Trimmed, and without quotes; null with a fault. */
  readonly cells: readonly string[] | null;
  readonly fault: TableRowFault | null;
};

/** How much of a longer row is stored for display, in characters. */
const shownCharactersMax = 200;
const suspicious = /[\u0000-\u0008\u000B-\u001F\u007F\uFFFD]/;

export const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell === '');

export type RowCutter = {
  /** Takes text in parts of any size. */
  add(text: string): void;
  end(): void;
};

/** Passes each row of at most `rowCharactersMax` characters to `take`. */
export function createRowCutter(
  delimiter: Delimiter,
  rowCharactersMax: number,
  take: (row: TableRow) => void,
): RowCutter {
  let row = 0;
  let rest = '';
  // Carriage returns at the end of a part may belong to a line end.
  let returns = '';
  let dropping = false;
  // The next quotation mark of the text that is being cut.
  let quote = -1;
  const pass = (text: string, cells: readonly string[] | null, fault: TableRowFault | null): void => {
    row += 1;
    take({ row, text: fault === 'long' ? text.slice(0, shownCharactersMax) : text, cells, fault });
  };
  /** Passes the row that begins at a place, and returns the place after it; null where more text is needed. */
  const takeRow = (text: string, at: number, clean: boolean, final: boolean): number | null => {
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd < 0 && !final && text.length - at <= rowCharactersMax) return null;
    const end = lineEnd < 0 ? text.length : lineEnd;
    if (end - at > rowCharactersMax) {
      pass(text.slice(at, end), null, 'long');
      dropping = lineEnd < 0;
      return end + 1;
    }
    // Each character is searched once, also where no quotation mark follows.
    if (quote < at) quote = indexOrEnd(text, '"', at);
    const read =
      quote >= end
        ? { cells: plainCells(text.slice(at, end), delimiter), end }
        : quotedCells(text, at, delimiter, at + rowCharactersMax);
    // The row may go on in the next part, and a quotation mark at the end of this one may be the first of two.
    const unfinished = read === 'open' || (read !== 'wrong' && read.end >= text.length);
    if (unfinished && !final && text.length - at <= rowCharactersMax) return null;
    if (read === 'open' || read === 'wrong') {
      pass(text.slice(at, end), null, clean ? 'quotes' : (faultOf(text.slice(at, end)) ?? 'quotes'));
      return end + 1;
    }
    const line = text.slice(at, read.end);
    const fault = clean ? null : faultOf(line);
    pass(line, fault === null ? read.cells : null, fault);
    return read.end + 1;
  };
  const cut = (added: string, final: boolean): void => {
    let text = rest + added;
    quote = -1;
    if (dropping) {
      const end = text.indexOf('\n');
      dropping = end < 0;
      text = end < 0 ? '' : text.slice(end + 1);
    }
    const clean = !suspicious.test(text);
    let at = 0;
    while (at < text.length) {
      const next = takeRow(text, at, clean, final);
      if (next === null) break;
      at = next;
    }
    rest = text.slice(at);
  };
  return {
    add(added) {
      const text = returns + added;
      returns = /\r{1,2}$/.exec(text)?.[0] ?? '';
      cut(withPlainEnds(text.slice(0, text.length - returns.length)), false);
    },
    end() {
      cut(withPlainEnds(returns), true);
    },
  };
}

function indexOrEnd(text: string, searched: string, from: number): number {
  const index = text.indexOf(searched, from);
  return index < 0 ? text.length : index;
}

const withPlainEnds = (text: string): string => (text.includes('\r') ? text.replace(/\r\r\n|\r\n?/g, '\n') : text);

function faultOf(text: string): TableRowFault | null {
  if (!suspicious.test(text)) return null;
  return text.includes('\uFFFD') ? 'encoding' : 'control';
}

function plainCells(line: string, delimiter: Delimiter): string[] {
  const cells = line.split(delimiter);
  for (const [index, cell] of cells.entries()) cells[index] = cell.trim();
  return cells;
}

/** White space within a row, as `trim` drops it. */
const isSpace = (character = ''): boolean => character !== '' && character !== '\n' && character.trim() === '';

/**
 * The cells of the row that begins at a place, and its end. 'open' where a quotation mark is not closed before the text
 * or the limit ends; 'wrong' where one is inside a cell without quotes, or something follows a closing one.
 */
function quotedCells(
  text: string,
  from: number,
  delimiter: Delimiter,
  limit: number,
): { readonly cells: string[]; readonly end: number } | 'open' | 'wrong' {
  const cells: string[] = [];
  let at = from;
  for (;;) {
    let start = at;
    while (text[start] !== delimiter && isSpace(text[start])) start += 1;
    let end: number;
    if (text[start] === '"') {
      const closing = closingQuote(text, start + 1, limit);
      if (closing === null) return 'open';
      cells.push(
        text
          .slice(start + 1, closing)
          .replaceAll('""', '"')
          .trim(),
      );
      end = closing + 1;
      while (text[end] !== delimiter && isSpace(text[end])) end += 1;
      if (end < text.length && text[end] !== delimiter && text[end] !== '\n') return 'wrong';
    } else {
      end = at;
      while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end += 1;
      const cell = text.slice(at, end);
      if (cell.includes('"')) return 'wrong';
      cells.push(cell.trim());
    }
    if (end >= text.length || text[end] === '\n') return end > limit ? 'open' : { cells, end };
    at = end + 1;
  }
}

function closingQuote(text: string, from: number, limit: number): number | null {
  for (let at = text.indexOf('"', from); at >= 0 && at <= limit; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return null;
}
