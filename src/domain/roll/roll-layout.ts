// Which column of a roll has the numbers, and which row names the columns. It is read from a known heading or asked for.
// A first row that may be a heading or a person is never guessed.
import { filledCells, isTitle, usedWidth } from '../tables/table-reader.ts';
import { foldedHeading, isNumberHeading, isSecondHeading } from './roll-headings.ts';
import type { SecondElement } from './second-element.ts';

/** What the sender says about the columns. */
export type AskedColumns = {
  /** The column of the numbers: its heading, or its position from 1. */
  readonly column?: string | undefined;
  /** The row that names the columns, from 1 as a spreadsheet shows it; 0 where none does. */
  readonly heading?: number | undefined;
  /** The column of a label for each person, such as a name: its heading, or its position from 1. */
  readonly label?: string | undefined;
  /** The second element that each person must have, and its column: its heading, or its position from 1. */
  readonly second?: { readonly kind: SecondElement; readonly column?: string | undefined } | undefined;
};

export type HeadRow = { readonly row: number; readonly cells: readonly string[] };

export type RollLayout = {
  /** The row that names the columns; 0 where none does. */
  readonly heading: number;
  /** From 0. */
  readonly column: number;
  readonly label: number | null;
  readonly second: { readonly kind: SecondElement; readonly column: number } | null;
  /** Number of columns. */
  readonly width: number;
  /** Names of the columns, folded. */
  readonly names: ReadonlySet<string>;
};

export type RollQuestion = {
  /**
   * `column`: which is the number? `second`: which is the second element? `heading`: is a row a heading, a title or a
   * person? `unknown`: no such column.
   */
  readonly kind: 'column' | 'second' | 'heading' | 'unknown';
  readonly detail: string;
};

type Found<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly ask: RollQuestion };
const right = <Value>(value: Value): Found<Value> => ({ ok: true, value });
const ask = (kind: RollQuestion['kind'], detail: string): { ok: false; ask: RollQuestion } => ({
  ok: false,
  ask: { kind, detail },
});

/** `head` has the first rows that are not blank. A faulty row among them has no cells. */
export function rollLayout(head: readonly HeadRow[], choice: AskedColumns): Found<RollLayout> {
  const heading = findHeading(head, choice);
  if (!heading.ok) return heading;
  const headingRow = heading.value;
  const widths = headingRow === null ? head.map(({ cells }) => usedWidth(cells)) : [usedWidth(headingRow.cells)];
  const width = Math.max(1, ...widths);
  const column = numberColumn(headingRow, width, choice.column);
  if (!column.ok) return column;
  const label = choice.label === undefined ? right(null) : askedColumn(headingRow, width, choice.label);
  if (!label.ok) return label;
  const second = secondColumn(headingRow, width, choice.second);
  if (!second.ok) return second;
  if (second.value?.column === column.value) return ask('second', 'The number and the second element are one column.');
  const doubtful = head.find(
    ({ row, cells }) =>
      choice.heading === undefined &&
      headingRow !== null &&
      row < headingRow.row &&
      !isTitle(cells, filledCells(headingRow.cells)),
  );
  if (doubtful) {
    return ask('heading', `Row ${doubtful.row} is above the row with the headings and may be a person. ${moveIt}`);
  }
  const names = new Set(headingRow?.cells.map(foldedHeading).filter((name) => name !== ''));
  return right({
    heading: headingRow?.row ?? 0,
    column: column.value,
    label: label.value,
    second: second.value,
    width,
    names,
  });
}

const moveIt = 'Move it below them, or say which row names the columns: “heading”, 0 where none does.';

/** The row that names the columns; null where none does. */
function findHeading(head: readonly HeadRow[], { column, heading }: AskedColumns): Found<HeadRow | null> {
  if (heading === 0) return right(null);
  if (heading !== undefined) {
    const row = head.find((each) => each.row === heading);
    return row ? right(row) : ask('unknown', `Row ${heading} is not among the first rows of the file.`);
  }
  if (column !== undefined && positionOf(column) === null) {
    const name = foldedHeading(column);
    const row = head.find(({ cells }) => cells.some((cell) => foldedHeading(cell) === name));
    return row ? right(row) : ask('unknown', 'None of the first rows has a column with that name.');
  }
  const byName = head.find(({ cells }) => cells.some(isNumberHeading));
  if (byName) return right(byName);
  // No one names a column by digits alone. A file with one such column is a list of numbers.
  const [first] = head;
  const place = positionOf(column ?? '') ?? (head.every(({ cells }) => usedWidth(cells) <= 1) ? 1 : null);
  if (!first || (place !== null && /^\p{Nd}+$/u.test(first.cells[place - 1] ?? ''))) return right(null);
  return place === null ? ask('column', whichColumn) : ask('heading', whichHeading);
}

const whichColumn = 'No heading names the column of the numbers.';
const whichHeading = 'It is not clear whether the first row names the columns or is a person.';

function numberColumn(headingRow: HeadRow | null, width: number, column: string | undefined): Found<number> {
  if (column !== undefined) return askedColumn(headingRow, width, column);
  if (headingRow === null) return width === 1 ? right(0) : ask('column', whichColumn);
  const places = placesOf(headingRow.cells, isNumberHeading);
  const [place] = places;
  if (place === undefined) return width === 1 ? right(0) : ask('column', whichColumn);
  return places.length === 1 ? right(place) : ask('column', 'Several headings may name the column of the numbers.');
}

function secondColumn(
  headingRow: HeadRow | null,
  width: number,
  choice: AskedColumns['second'],
): Found<RollLayout['second']> {
  if (choice === undefined) return right(null);
  const { kind, column } = choice;
  if (column !== undefined) {
    const place = askedColumn(headingRow, width, column);
    return place.ok ? right({ kind, column: place.value }) : place;
  }
  const places = placesOf(headingRow?.cells ?? [], (cell) => isSecondHeading(kind, cell));
  const [place] = places;
  if (place === undefined) return ask('second', `No heading names the column of the ${secondNames[kind]}.`);
  if (places.length === 1) return right({ kind, column: place });
  return ask('second', `Several headings may name the column of the ${secondNames[kind]}.`);
}

const secondNames: Readonly<Record<SecondElement, string>> = { pin: 'PINs', 'birth-date': 'birth dates' };

function askedColumn(headingRow: HeadRow | null, width: number, choice: string): Found<number> {
  const position = positionOf(choice);
  if (position !== null) {
    if (position >= 1 && position <= width) return right(position - 1);
    return ask('unknown', `There is no column ${position}: the table has ${width}.`);
  }
  const name = foldedHeading(choice);
  const places = placesOf(headingRow?.cells ?? [], (cell) => foldedHeading(cell) === name);
  const [place] = places;
  if (place === undefined) return ask('unknown', 'No column has the name that was given.');
  return places.length === 1 ? right(place) : ask('column', 'Several columns have that name: give a position.');
}

/** The position that a choice of a column names; null where it names a heading. */
export const positionOf = (column: string): number | null => (/^[0-9]{1,4}$/.test(column) ? Number(column) : null);

const placesOf = (cells: readonly string[], fits: (cell: string) => boolean): number[] =>
  cells.flatMap((cell, place) => (fits(cell) ? [place] : []));
