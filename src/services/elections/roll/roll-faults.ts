// Why a file cannot be read as a roll, as a rejection. Where the columns are not clear it describes the shape of the
// first rows: how many letters and digits each cell has, and never what they are. So no number of a person is in it.
import type { RollFault } from '../../../domain/roll/roll-file.ts';
import type { TableRow } from '../../../domain/tables/table-rows.ts';
import { Problem } from '../../../protocol/problem.ts';

/** Rows and cells that are described. */
const rowsMax = 5;
const cellsMax = 12;

export function rollFaultProblem(fault: RollFault): Problem {
  if (fault.question === null) {
    if (fault.kind === 'too-large') return new Problem('payload-too-large', { detail: `${fault.detail} ${nothing}` });
    return new Problem('invalid-request', { errors: [{ path: 'body', detail: `${fault.detail} ${nothing}` }] });
  }
  const { kind, detail } = fault.question;
  const shapes = fault.head.slice(0, rowsMax).map((row) => ({ path: `row/${row.row}`, detail: shapeOf(row) }));
  return new Problem('roll-columns', {
    detail: `${detail} ${kind === 'second' ? howToSaySecond : howToSay}`,
    errors: shapes,
  });
}

const nothing = 'Nothing was changed.';
const howToSay =
  'Which column is the number? Say it with “column” (a heading or a position from 1) and “heading” (the row that names ' +
  'the columns, or 0 if the first row is a person). Nothing was changed.';

const howToSaySecond =
  'Which column has the second elements? Say it with “second” (a heading or a position from 1). Nothing was changed.';

function shapeOf({ cells }: TableRow): string {
  if (cells === null) return 'This row cannot be read.';
  const shapes = cells.slice(0, cellsMax).map((cell, place) => `column ${place + 1}: ${cellShape(cell)}`);
  return shapes.join('; ') + (cells.length > cellsMax ? '; …' : '');
}

function cellShape(cell: string): string {
  const parts = [
    countOf(cell, /\p{L}/gu, 'letter'),
    countOf(cell, /\p{Nd}/gu, 'digit'),
    countOf(cell, /[^\p{L}\p{M}\p{Nd}\s]/gu, 'sign'),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'empty' : parts.join(', ');
}

function countOf(cell: string, kind: RegExp, name: string): string {
  const count = cell.match(kind)?.length ?? 0;
  return count === 0 ? '' : `${count} ${name}${count === 1 ? '' : 's'}`;
}
