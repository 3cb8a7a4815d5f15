// A file of paper ballots, line by line: its rows in their normalised form, and every line that is of wrong form. One is
// enough for the whole file to be refused: what a typist meant is not ours to guess. The service that takes a file and
// the page that looks at it before judge by this one reader, so that they never say different things of the same bytes.
import { delimiterOf, readHeading, readRow } from './batch-row.ts';
import type { Delimiter, ReadRow, RowFault, RowText } from './batch-row.ts';
import { createTextReader } from './batch-text.ts';
import type { FileFault } from './batch-text.ts';
import type { Contest } from './election.ts';

/** Most rows of a file. */
export const batchRowsMax = 5_000_000;
/** How much of a line of wrong form is displayed, in UTF-16 units. */
const shownUnitsMax = 80;

export type WrongRow = {
  /** In the file as it is, from 1. */
  readonly line: number;
  /** Among the rows below the heading, from 1; null for the heading itself. */
  readonly row: number | null;
  /** As it is in the file. Show it through `shownLine` alone. */
  readonly text: string;
  readonly faults: readonly RowFault[];
};

export type RowTaker = {
  /** A row of right form, its place, and its text in the file. */
  row(text: RowText, row: number, line: number, asWritten: string): void;
  wrong(found: WrongRow): void;
};

type FileReader = {
  /** Takes the next bytes. After a fault nothing more is to be added. */
  add(bytes: Uint8Array): FileFault | null;
  /** A fault too where the file has no rows and nothing else is wrong with it. */
  end(): FileFault | null;
  /** What was found so far. `delimiter` is null before the first line that is not empty. */
  found(): { readonly rows: number; readonly delimiter: Delimiter | null; readonly heading: boolean };
};

export function createFileReader(contests: readonly Contest[], taker: RowTaker): FileReader {
  let line = 0;
  let rows = 0;
  let wrong = 0;
  let delimiter: Delimiter | null = null;
  let heading = false;
  // Empty lines at the end are nothing; one between rows may be a ballot that got lost.
  let empty = 0;
  let tooMany: FileFault | null = null;
  const refuse = (place: number, row: number | null, text: string, faults: readonly RowFault[]): void => {
    wrong += 1;
    taker.wrong({ line: place, row, text, faults });
  };
  const takeEmpty = (): void => {
    for (; empty > 0; empty -= 1) refuse(line - empty, (rows += 1), '', [emptyLine]);
  };
  /** Whether the first line is a heading. */
  const takeFirst = (first: Delimiter, text: string, tooLong: boolean): boolean => {
    delimiter = first;
    const read = tooLong ? null : readHeading(contests, first, text);
    heading = read !== null;
    if (read?.ok === false) refuse(line, null, text, [{ ...headingFault, detail: read.detail }]);
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
    else refuse(line, rows, text, read.faults);
  };
  const reader = createTextReader(take);
  return {
    add: (bytes) => reader.add(bytes) ?? tooMany,
    end: () => reader.end() ?? tooMany ?? (rows === 0 && wrong === 0 ? noRows : null),
    found: () => ({ rows, delimiter, heading }),
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
  `A file may have ${batchRowsMax} rows. Send it in several files: each is a batch of its own, and a ballot id that ` +
  'is in two of them counts once.';

/** A text from a file as it may be shown: shortened, with a mark for each character that would not show. */
export function shownLine(text: string): string {
  const shown = text.slice(0, shownUnitsMax).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return text.length > shownUnitsMax ? `${shown}…` : shown;
}
