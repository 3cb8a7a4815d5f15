// A file of paper ballots, row by row: its rows in their normalised form, and every malformed one. One malformed row is
// enough to reject the whole file, because the typist's intention must not be guessed. The service that takes a file
// and the page that checks it before use this one reader, so that they always agree on the same bytes.
import { batchLikeness, isBallotId, readHeading, readRow, rowCharactersMax, wholeRow } from './batch-row.ts';
import type { ReadRow, RowFault, RowText } from './batch-row.ts';
import type { Contest } from './election.ts';
import { isOfStation } from './paper.ts';
import type { Station } from './paper.ts';
import { saveAsUtf8 } from './tables/table-bytes.ts';
import type { TableFault } from './tables/table-bytes.ts';
import { createTableReader, emptyTable, filledCells, headRowsMax, isTitle } from './tables/table-reader.ts';
import { isBlank } from './tables/table-rows.ts';
import type { Delimiter, TableRow } from './tables/table-rows.ts';

/** Most rows of a file. */
export const batchRowsMax = 5_000_000;
/** Largest file, in bytes: five million rows with room for several contests. */
export const batchFileBytesMax = 512 * 1_024 * 1_024;
/** Longest part of a malformed row that is displayed, in UTF-16 units. */
const shownUnitsMax = 80;

/** Why a whole file cannot be accepted, and how to correct it. */
export type FileFault = { readonly code: 'invalid-batch' | 'payload-too-large'; readonly detail: string };

export type WrongRow = {
  /** Its row in the file as a spreadsheet shows it, from 1. */
  readonly line: number;
  /** Among the rows below the heading, from 1; null for the heading itself. */
  readonly row: number | null;
  /** As in the file. Show it only through `shownLine`. */
  readonly text: string;
  readonly faults: readonly RowFault[];
};

export type RowTaker = {
  /** A well-formed row, its place, and its text in the file. */
  row(text: RowText, row: number, line: number, asWritten: string): void;
  wrong(row: WrongRow): void;
};

type FileReader = {
  /** Takes the next bytes. Must not be called after a fault. */
  add(bytes: Uint8Array): FileFault | null;
  /** Also a fault if the file has no rows and nothing else is wrong with it. */
  end(): FileFault | null;
  /** The findings so far. `delimiter` is null before it is decided; `titles` are rows above the heading. */
  findings(): {
    readonly rows: number;
    readonly delimiter: Delimiter | null;
    readonly heading: boolean;
    readonly titles: number;
  };
};

/** `station`: where the ballots are from, in an election with stations. */
export function createFileReader(
  contests: readonly Contest[],
  taker: RowTaker,
  station: Station | null = null,
): FileReader {
  const columns = contests.length + 1;
  const body = createBody(contests, taker, station);
  // The rows before the first ballot or heading, until it is known which of them are titles.
  let leading: TableRow[] | null = [];
  let heading = false;
  let titles = 0;
  const flush = (): void => {
    const rows = leading ?? [];
    leading = null;
    for (const row of rows) body.take(row);
  };
  const takeHeading = (row: TableRow, above: readonly TableRow[]): boolean => {
    if (row.cells === null) return false;
    const read = readHeading(contests, row.cells);
    if (read === null) return false;
    heading = true;
    leading = null;
    for (const each of above) {
      if (each.cells !== null && isBlank(each.cells)) continue;
      if (each.cells !== null && isTitle(each.cells, filledCells(row.cells))) titles += 1;
      else body.take(each);
    }
    if (!read.ok) body.wrong(row.row, null, row.text, [{ ...headingFault, detail: read.detail }]);
    return true;
  };
  const reader = createTableReader(
    {
      bytesMax: batchFileBytesMax,
      tooLarge,
      rowCharactersMax: rowCharactersInFileMax,
      likeness: (rows) => batchLikeness(rows, columns),
    },
    (row) => {
      if (leading === null) body.take(row);
      else if (!takeHeading(row, leading)) {
        leading.push(row);
        if (leading.length >= headRowsMax || isBallotId(row.cells?.[0] ?? '')) flush();
      }
    },
  );
  return {
    add: (bytes) => fileFault(reader.add(bytes)) ?? body.fault(),
    end: () => {
      const fault = fileFault(reader.end());
      flush();
      return fault ?? body.fault() ?? (body.isEmpty() ? noRows : null);
    },
    findings: () => ({ rows: body.rows(), delimiter: reader.delimiter(), heading, titles }),
  };
}

/** The rows below the heading. */
function createBody(contests: readonly Contest[], taker: RowTaker, station: Station | null) {
  let rows = 0;
  let wrongRows = 0;
  // Empty rows at the end are ignored. One between ballots may be a lost ballot.
  let empty = { from: 0, count: 0 };
  let fault: FileFault | null = null;
  const wrong = (line: number, row: number | null, text: string, faults: readonly RowFault[]): void => {
    wrongRows += 1;
    taker.wrong({ line, row, text, faults });
  };
  const takeEmpty = (): void => {
    const { from, count } = empty;
    empty = { from: 0, count: 0 };
    for (let line = from; line < from + count; line += 1) wrong(line, (rows += 1), '', [emptyLine]);
  };
  return {
    wrong,
    take({ row: line, text, cells, fault: rowFault }: TableRow): void {
      if (fault !== null) return;
      if (cells !== null && isBlank(cells)) {
        empty = { from: empty.count === 0 ? line : empty.from, count: empty.count + 1 };
      } else if (rows + empty.count >= batchRowsMax) {
        fault = { code: 'payload-too-large', detail: tooManyRows };
      } else if (rowFault === 'encoding' || text.includes('\0')) {
        fault = { code: 'invalid-batch', detail: rowFault === 'encoding' ? notUtf8(line) : nulBytes(line) };
      } else {
        takeEmpty();
        rows += 1;
        const read = cells === null ? rowFaults[rowFault ?? 'control'] : readRow(contests, cells);
        if (read.ok && station !== null && !isOfStation(station, read.text.slice(0, read.text.indexOf(','))))
          wrong(line, rows, text, [otherStation(station, cells?.[0] ?? '')]);
        else if (read.ok) taker.row(read.text, rows, line, text);
        else wrong(line, rows, text, read.faults);
      }
    },
    rows: () => rows,
    fault: () => fault,
    isEmpty: () => rows === 0 && wrongRows === 0,
  };
}

/** Longest row that is read, in characters: white space and quotes around a row of the greatest length. */
const rowCharactersInFileMax = 2 * rowCharactersMax;
const ofLine = { column: null, value: '' } as const;
const emptyLine: RowFault = { ...ofLine, kind: 'empty', detail: 'Remove the empty line.' };
const otherStation = ({ name }: Station, value: string): RowFault => ({
  kind: 'other-station',
  column: 1,
  value,
  detail: `This ballot was not printed for the station ${name}. Find out where it belongs, and leave it out here.`,
});
const headingFault = { ...ofLine, kind: 'heading' } as const;
const rowFaults = {
  quotes: wholeRow('quotes', 'Close each quotation mark, and put none inside a value.'),
  long: wholeRow('long', 'The line is too long for any ballot.'),
  control: wholeRow('control', 'Remove the character that cannot be printed.'),
} as const satisfies Record<string, ReadRow>;

const tooLarge =
  `A file may have ${batchFileBytesMax / 1_024 / 1_024} MiB. Send it in several files: each is a separate batch, and a ` +
  'ballot ID that is in two of them counts once.';
const noRows: FileFault = { code: 'invalid-batch', detail: emptyTable };
const tooManyRows =
  `A file may have ${batchRowsMax} rows. Send it in several files: each is a separate batch, and a ballot ID that ` +
  'is in two of them counts once.';
const notUtf8 = (row: number): string =>
  `Row ${row} is not UTF-8: the file may be in an older encoding such as Windows-1250. ${saveAsUtf8}`;
const nulBytes = (row: number): string =>
  `Row ${row} has NUL bytes: the file is in UTF-16, or it is not text at all. ${saveAsUtf8}`;

function fileFault(fault: TableFault | null): FileFault | null {
  if (fault === null) return null;
  return { code: fault.kind === 'too-large' ? 'payload-too-large' : 'invalid-batch', detail: fault.detail };
}

/** A text from a file for display: shortened, with a mark for each invisible character. */
export function shownLine(text: string): string {
  const visible = text.slice(0, shownUnitsMax).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return text.length > shownUnitsMax ? `${visible}…` : visible;
}
