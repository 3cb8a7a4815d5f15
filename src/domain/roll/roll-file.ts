// A roll from a file, row by row: titles, heading, blank rows, people, and malformed rows with the reason. The service
// that imports a roll and the page that previews one use this reader.
import { createTableReader, evenLikeness, headRowsMax, usedWidth } from '../tables/table-reader.ts';
import type { TableFault } from '../tables/table-bytes.ts';
import { isBlank } from '../tables/table-rows.ts';
import type { TableRow, TableRowFault } from '../tables/table-rows.ts';
import { foldedHeading, isNumberHeading } from './roll-headings.ts';
import { positionOf, rollLayout } from './roll-layout.ts';
import type { AskedColumns, RollLayout, RollQuestion } from './roll-layout.ts';
import { canonicalRollNumber } from './roll-number.ts';
import { canonicalSecond } from './second-element.ts';
import { typedNumberUnitsMax, withPlainSigns } from '../text/typed-number.ts';

/** Largest file, in bytes: ten million numbers with other columns. */
export const rollFileBytesMax = 512 * 1_048_576;
/** Longest row, in characters, with all its columns. */
const rowCharactersMax = 4_096;
/** Longest label, in characters. */
export const rollLabelCharactersMax = 200;

export const malformedReasons = [
  'not-a-number',
  'second-element',
  'too-long',
  'quotes',
  'control-character',
  'encoding',
  'columns',
  'heading',
] as const;
/**
 * `second-element`: no PIN or birth date, or one that cannot be read for sure. `columns`: more than are named. `heading`:
 * a heading among the people. `encoding`: not UTF-8.
 */
export type MalformedReason = (typeof malformedReasons)[number];

export type RollRow =
  | { readonly row: number; readonly kind: 'title' | 'heading' | 'blank' }
  | { readonly row: number; readonly kind: 'malformed'; readonly reason: MalformedReason }
  | {
      readonly row: number;
      readonly kind: 'person';
      readonly canonical: string;
      /** As in the file, in NFC. */
      readonly spelling: string;
      /** Empty where none was asked for. */
      readonly label: string;
      /** In its canonical form; empty where none was asked for. */
      readonly second: string;
    };

/** Why a file cannot be read as a roll. `question`: what the sender must say, with the first rows. */
export type RollFault =
  ({ readonly question: null } & TableFault) | { readonly question: RollQuestion; readonly head: readonly TableRow[] };

export type RollReader = {
  /** Takes the next bytes. Must not be called after a fault. */
  add(bytes: Uint8Array): RollFault | null;
  end(): RollFault | null;
};

export function createRollReader(choice: AskedColumns, take: (row: RollRow) => void): RollReader {
  let layout: RollLayout | null = null;
  let head: TableRow[] = [];
  let filled = 0;
  let fault: RollFault | null = null;
  const decide = (): void => {
    const rows = head;
    head = [];
    const cells = rows.flatMap((row) => (row.cells === null || isBlank(row.cells) ? [] : [row as HeadRow]));
    const read = rollLayout(cells, choice);
    if (!read.ok) {
      fault = { question: read.ask, head: rows };
      return;
    }
    layout = read.value;
    for (const row of rows) take(rollRow(row, layout));
  };
  const reader = createTableReader(
    { bytesMax: rollFileBytesMax, tooLarge, rowCharactersMax, likeness: (rows) => rollLikeness(rows, choice) },
    (row) => {
      if (fault !== null) return;
      if (layout !== null) {
        take(rollRow(row, layout));
        return;
      }
      head.push(row);
      if (row.cells === null || !isBlank(row.cells)) filled += 1;
      // Blank rows are bounded too: with that many above a table the importer asks.
      if (filled >= headRowsMax || head.length >= 100 * headRowsMax) decide();
    },
  );
  const tableFault = (problem: TableFault | null): RollFault | null =>
    problem === null ? fault : { question: null, kind: problem.kind, detail: problem.detail };
  return {
    add: (bytes) => tableFault(reader.add(bytes)),
    end() {
      const problem = tableFault(reader.end());
      if (problem === null && layout === null) decide();
      return problem ?? fault;
    },
  };
}

/** The first rows of a file that are not blank, for a page that shows them. `complete`: these bytes are all of it. */
export function readRollHead(
  bytes: Uint8Array,
  complete: boolean,
): { readonly rows: readonly TableRow[]; readonly fault: TableFault | null } {
  const rows: TableRow[] = [];
  const reader = createTableReader(
    { bytesMax: bytes.length, tooLarge, rowCharactersMax, likeness: (of) => rollLikeness(of, {}) },
    (row) => {
      if (row.cells === null || !isBlank(row.cells)) rows.push(row);
    },
  );
  const fault = reader.add(bytes) ?? reader.end();
  // Where the file goes on, the last row may be incomplete.
  const whole = complete || rows.length < 2 ? rows : rows.slice(0, -1);
  return { rows: whole.slice(0, headRowsMax), fault };
}

type HeadRow = TableRow & { readonly cells: readonly string[] };

const tooLarge = `A roll has at most ${rollFileBytesMax / 1_048_576} MiB. Send it in parts.`;

const reasons: Readonly<Record<TableRowFault, MalformedReason>> = {
  quotes: 'quotes',
  long: 'too-long',
  encoding: 'encoding',
  control: 'control-character',
};

function rollRow({ row, cells, fault }: TableRow, layout: RollLayout): RollRow {
  const malformed = (reason: MalformedReason): RollRow => ({ row, kind: 'malformed', reason });
  if (cells === null) return malformed(reasons[fault ?? 'quotes']);
  if (isBlank(cells)) return { row, kind: 'blank' };
  if (row === layout.heading) return { row, kind: 'heading' };
  if (row < layout.heading) return { row, kind: 'title' };
  // A delimiter inside a cell without quotes would move a name into the column of the numbers.
  if (usedWidth(cells) > layout.width) return malformed('columns');
  const spelling = (cells[layout.column] ?? '').normalize('NFC');
  if (spelling.length > typedNumberUnitsMax) return malformed('too-long');
  const canonical = canonicalRollNumber(spelling);
  if (canonical === null || spreadsheetNumber.test(canonical)) return malformed('not-a-number');
  const name = foldedHeading(spelling);
  if (isNumberHeading(spelling) || (layout.names.has(name) && !/\p{Nd}/u.test(name))) return malformed('heading');
  const second =
    layout.second === null
      ? ''
      : canonicalSecond(layout.second.kind, withPlainSigns(cells[layout.second.column] ?? ''), 'file');
  if (second === null) return malformed('second-element');
  const label = layout.label === null ? '' : (cells[layout.label] ?? '').normalize('NFC');
  return { row, kind: 'person', canonical, spelling, label: label.slice(0, rollLabelCharactersMax), second };
}

/**
 * A number that a spreadsheet calculated with, in its canonical form, whatever was hidden around it or in full width:
 * 1001.0, 1.0E-12, 1.0E12. Its digits are not those of a person. Forms with a comma or a plus sign are no number of a roll.
 */
const spreadsheetNumber = /^\d+(?:\.0+|(?:\.\d+)?E-\d+|\.\d+E\d+)$/;

// A position is no name: the page that previews a file gives it only after the delimiter is decided.
function rollLikeness(rows: readonly (readonly string[])[], { column }: AskedColumns): number {
  const name = column === undefined || positionOf(column) !== null ? null : foldedHeading(column);
  return evenLikeness(rows, (cell) => foldedHeading(cell) === name || isNumberHeading(cell));
}
