// A file of paper ballots, line by line: its rows in their normalised form, and every malformed line. One malformed
// line is enough to reject the whole file, because the typist's intention must not be guessed. The service that takes a
// file and the page that checks it before use this one reader, so that they always agree on the same bytes.
import { delimiterOf, readHeading, readRow } from './batch-row.ts';
import type { Delimiter, ReadRow, RowFault, RowText } from './batch-row.ts';
import { createTextReader } from './batch-text.ts';
import type { FileFault } from './batch-text.ts';
import type { Contest } from './election.ts';

/** Most rows of a file. */
export const batchRowsMax = 5_000_000;
/** Longest part of a malformed line that is displayed, in UTF-16 units. */
const shownUnitsMax = 80;

export type WrongRow = {
  /** In the original file, from 1. */
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
  /** The findings so far. `delimiter` is null before the first line that is not empty. */
  findings(): { readonly rows: number; readonly delimiter: Delimiter | null; readonly heading: boolean };
};

export function createFileReader(contests: readonly Contest[], taker: RowTaker): FileReader {
  let line = 0;
  let rows = 0;
  let wrong = 0;
  let delimiter: Delimiter | null = null;
  let heading = false;
  // Empty lines at the end are ignored. One between rows may be a lost ballot.
  let empty = 0;
  let tooMany: FileFault | null = null;
  const addWrong = (place: number, row: number | null, text: string, faults: readonly RowFault[]): void => {
    wrong += 1;
    taker.wrong({ line: place, row, text, faults });
  };
  const takeEmpty = (): void => {
    for (; empty > 0; empty -= 1) addWrong(line - empty, (rows += 1), '', [emptyLine]);
  };
  /** Whether the first line is a heading. */
  const takeFirst = (first: Delimiter, text: string, tooLong: boolean): boolean => {
    delimiter = first;
    const read = tooLong ? null : readHeading(contests, first, text);
    heading = read !== null;
    if (read?.ok === false) addWrong(line, null, text, [{ ...headingFault, detail: read.detail }]);
    return heading;
  };
  const take = (text: string, tooLong: boolean): void => {
    if (tooMany !== null) return;
    line += 1;
    if (text.trim() === '') {
      empty += 1;
      return;
    }
    if (rows + empty >= batchRowsMax) {
      tooMany = { code: 'payload-too-large', detail: tooManyRows };
      return;
    }
    takeEmpty();
    if (delimiter === null && takeFirst(delimiterOf(text, contests.length + 1), text, tooLong)) return;
    rows += 1;
    const read = tooLong ? longLine : readRow(contests, delimiter ?? ',', text);
    if (read.ok) taker.row(read.text, rows, line, text);
    else addWrong(line, rows, text, read.faults);
  };
  const reader = createTextReader(take);
  return {
    add: (bytes) => reader.add(bytes) ?? tooMany,
    end: () => reader.end() ?? tooMany ?? (rows === 0 && wrong === 0 ? noRows : null),
    findings: () => ({ rows, delimiter, heading }),
  };
}

const ofLine = { column: null, value: '' } as const;
const emptyLine: RowFault = { ...ofLine, kind: 'empty', detail: 'Remove the empty line.' };
const longLine: ReadRow = {
  ok: false,
  faults: [{ ...ofLine, kind: 'long', detail: 'The line is too long for any ballot.' }],
};
const headingFault = { ...ofLine, kind: 'heading' } as const;
const noRows: FileFault = { code: 'invalid-batch', detail: 'The file has no rows. Choose the right file.' };
const tooManyRows =
  `A file may have ${batchRowsMax} rows. Send it in several files: each is a separate batch, and a ballot id that ` +
  'is in two of them counts once.';

/** A text from a file for display: shortened, with a mark for each invisible character. */
export function shownLine(text: string): string {
  const visible = text.slice(0, shownUnitsMax).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return text.length > shownUnitsMax ? `${visible}…` : visible;
}
